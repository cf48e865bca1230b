# A signature that may come afterwards is owed by the same moment however often the program is started.
# 事後の署名の期限は、プログラムを何度起動しても延びない。
at      2026-05-01T09:00Z
begin
switch  エ(a) automatic by sato approved by yamada
load    96%
attack  udp-amplifier at line-9
expect  case 1 mitigated
after   6m
restart
expect  case 1 mitigated
expect  case 1 owes signature of operations
after   6m
restart
expect  case 1 mitigated
after   3m
expect  case 1 withdrawn the signature owed was not given in time
restart
expect  answer case 1 block ASK エ(a)
expect  no rule
