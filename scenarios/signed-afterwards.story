# The operator lets エ(a) go before its signature; it comes in time, and the next block owes its own.
# エ(a)を署名に先立って実施する運用。署名は期限内に行われ、次の遮断は改めて署名を要する。
at      2026-05-01T09:00Z
begin
switch  エ(a) automatic by sato approved by yamada
load    96%
attack  udp-amplifier at line-9
expect  case 1 mitigated
expect  answer case 1 block OK-EMERG エ(a)
expect  case 1 owes signature of operations
expect  rule dst 203.0.113.140/32
after   5m
sign    case 1 by sato
expect  case 1 owes nothing
expect  quiet for 4m
after   the end the operator set
expect  case 1 mitigated
expect  case 1 owes signature of operations
sign    case 1 by suzuki
expect  case 1 owes nothing
calm    line-9
expect  no rule
expect  duty case 1 tell-line
