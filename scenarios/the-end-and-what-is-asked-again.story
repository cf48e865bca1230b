# A block ends by itself; the next is asked for afresh, with the facts that are still valid and no others.
# 遮断は終期に自動で終わる。次の遮断は改めて判断し、有効な事実だけを用いる。
at      2026-05-01T09:00Z
begin
load    80%
attack  udp at pool-1
answer  case 1 range-necessary yes by suzuki
sign    case 1 by sato
expect  case 1 mitigated
after   the end the operator set
expect  case 1 withdrawn its end has come
expect  no rule
expect  answer case 1 block ASK エ(b)
expect  case 1 asks operations
sign    case 1 by sato
expect  case 1 mitigated
after   the end the operator set
sign    case 1 by sato
expect  case 1 mitigated
after   the end the operator set
sign    case 1 by sato
expect  answer case 1 block ASK エ(b)
expect  no rule
answer  case 1 range-necessary yes by suzuki
expect  case 1 mitigated
expect  ledger applied exactly 4
