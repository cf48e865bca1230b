# Operations opens a case with the traits at hand; whoever opened it does not sign, and not everything can be stopped.
# 運用担当が特性を示して事案を開く。開いた者は署名できず、すべての通信を止めることもできない。
at      2026-05-01T09:00Z
begin
load    96%
expect  refused open case 198.51.100.7/32 udp from port 123 by sato because own
expect  refused open case line-9 udp from port 123 by kimura because role
open    case line-9 udp from port 123 by sato
expect  answer case 1 block ASK エ(a)
expect  case 1 asks operations system
expect  refused sign case 1 by sato because another person
answer  case 1 cause-present yes by sato
sign    case 1 by suzuki
expect  answer case 1 block OK-EMERG エ(a)
expect  rule dst 203.0.113.140/32
after   the end the operator set
expect  case 1 withdrawn its end has come
told    case 1 by tanaka
close   case 1 by sato
expect  case 1 closed
open    case line-7 everything by sato
answer  case 2 cause-present yes by sato
expect  answer case 2 block NO エ(a)
sign    case 2 by suzuki
expect  case 2 refused
expect  no rule
