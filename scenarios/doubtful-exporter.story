# A finding rests on a doubtful exporter: nothing is done by itself until operations vouches for it.
# 検知の根拠となるエクスポーターに疑いがある。運用担当が確認するまで、自動では何も行わない。
at      2026-05-01T09:00Z
begin
switch  エ(a) automatic by sato approved by yamada
load    96%
doubt   border-1
attack  udp-amplifier at line-9 seen by border-1
expect  case 1 learning
expect  case 1 asks operations
expect  quiet for 5m
expect  no rule
expect  refused vouch case 1 by tanaka because role
vouch   case 1 by sato
expect  case 1 mitigated
after   1m
expect  case 1 mitigated
calm    line-9
attack  udp-amplifier at line-7 seen by border-2
expect  case 2 mitigated
doubt   border-2
expect  case 2 withdrawn it rests on a doubtful exporter
expect  no rule
sign    case 2 by sato
expect  case 2 waiting
vouch   case 2 by sato
expect  case 2 mitigated
expect  case 2 owes nothing
