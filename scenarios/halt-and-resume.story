# One switch withdraws everything and stops all opening, over a restart too; resuming asks for everything afresh.
# 全停止はすべてを解除し、再起動後も何も開かせない。再開すると、すべて改めて判断する。
at      2026-05-01T09:00Z
begin
load    96%
attack  udp-amplifier at line-9
sign    case 1 by sato
expect  case 1 mitigated
expect  refused halt by kimura because role
halt    by sato
expect  no rule
expect  nothing decoded
expect  case 1 withdrawn everything was stopped
expect  quiet for 30m
restart
expect  nothing decoded
attack  tcp-syn at line-7
expect  cases 1
sign    case 1 by sato
expect  no rule
expect  refused resume by tanaka because role
resume  by yamada
expect  something decoded
expect  cases 2
expect  answer case 1 block ASK エ(a)
sign    case 1 by sato
expect  case 1 mitigated
