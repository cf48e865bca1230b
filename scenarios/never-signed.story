# Nobody signs what was done before its signature: it is withdrawn, and neither an end nor time brings it back.
# 署名に先立つ遮断に誰も署名しない。期限に解除され、更新によっても時間の経過によっても再開しない。
at      2026-05-01T09:00Z
begin
switch  エ(a) automatic by sato approved by yamada
load    96%
attack  udp-amplifier at line-9
expect  case 1 mitigated
expect  case 1 owes signature of operations
after   the end the operator set
expect  case 1 mitigated
expect  case 1 owes signature of operations
after   5m
expect  case 1 withdrawn the signature owed was not given in time
expect  no rule
expect  answer case 1 block ASK エ(a)
expect  case 1 asks operations
after   2h
expect  no rule
expect  case 1 waiting
sign    case 1 by sato
expect  case 1 mitigated
expect  case 1 owes nothing
