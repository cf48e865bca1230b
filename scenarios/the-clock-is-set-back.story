# The wall clock is set back an hour during a block: it ends by the other clock, and what comes next is signed anew.
# 遮断中に時計が一時間戻される。遮断は別の時計で終わり、次の遮断には改めて署名が要る。
at      2026-05-01T09:00Z
begin
load    96%
attack  udp-amplifier at line-9
sign    case 1 by sato
expect  case 1 mitigated
clock   set back 1h
after   5m
expect  case 1 mitigated
after   5m
expect  case 1 withdrawn its end has come
expect  no rule
expect  answer case 1 block ASK エ(a)
expect  refused clock is right by tanaka because role
clock   is right by sato
expect  ledger clock-jump exactly 1
expect  ledger verifies
