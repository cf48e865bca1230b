# There is nothing to learn traits from yet: it is tried again under the same ground, without asking every time.
# 特性を学ぶ材料がまだない。同じ根拠のもとで繰り返し試み、そのたびに判断を求めることはしない。
at      2026-05-01T09:00Z
begin
load    96%
learnt  nothing
attack  udp-amplifier at line-9
expect  case 1 learning
expect  answer case 1 analyse OK-BIZ チ
expect  quiet for 4m
after   56m
expect  ledger answered OK-BIZ at least 4
expect  case 1 learning
learnt  traits
after   10s
expect  case 1 waiting
expect  answer case 1 block ASK エ(a)
calm    line-9
expect  case 1 closed
