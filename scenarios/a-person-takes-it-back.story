# A block ends at once when a person denies what it rests on, says no to it, or its measure is switched off.
# 根拠となる事実を担当者が否定したとき、計画を認めないとき、措置を停止したとき、遮断は直ちに終わる。
at      2026-05-01T09:00Z
begin
load    96%
attack  udp-amplifier at line-9
sign    case 1 by sato
expect  case 1 mitigated
load    20%
after   1m
expect  case 1 mitigated
answer  case 1 own-equipment-impaired no by suzuki
expect  case 1 withdrawn own equipment is impaired
expect  no rule
answer  case 1 own-equipment-impaired yes by suzuki
expect  case 1 mitigated
switch  エ(a) off by sato approved by yamada
expect  case 1 withdrawn switched off
expect  no rule
switch  エ(a) propose by sato approved by yamada
expect  case 1 mitigated
decline case 1 by tanaka
expect  case 1 withdrawn said no to it
expect  no rule
expect  refused sign case 1 by sato because said no
expect  quiet for 30m
calm    line-9
told    case 1 by tanaka
expect  case 1 closed
