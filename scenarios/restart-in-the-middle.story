# The program ends in the middle of a block: it is asked again with what is still valid, and nothing owed is lost.
# 遮断中にプログラムが異常終了する。有効な事実と署名をもって改めて判断し、残る義務は失われない。
at      2026-05-01T09:00Z
begin
load    80%
attack  udp at pool-1
answer  case 1 range-necessary yes by suzuki
sign    case 1 by sato
expect  case 1 mitigated
after   5m
restart
expect  something decoded
expect  answer case 1 block OK-BIZ エ(b)
expect  case 1 mitigated
expect  ledger applied exactly 2
expect  duty case 1 tell-line
after   5m
expect  case 1 withdrawn its end has come
restart
expect  answer case 1 block ASK エ(b)
expect  no rule
restart
calm    pool-1
restart
expect  duty case 1 tell-line
told    case 1 by tanaka
expect  case 1 closed
expect  ledger started exactly 5
