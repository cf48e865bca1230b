# Watching only needs the same ground and a written question, and is never on an emergency ground.
# 観測のみでも同じ根拠と書面の問いが要り、緊急の根拠では行えない。
at      2026-05-01T09:00Z
begin
switch  エ(a) observe by sato approved by yamada
switch  エ(b) off by sato approved by yamada
load    96%
attack  udp-amplifier at line-9
expect  answer case 1 block NO エ(a)
sign    case 1 by sato
expect  answer case 1 block NO エ(a)
expect  no rule
switch  01-a-block-attack-traffic observe by sato approved by yamada
load    40%
attack  tcp-syn at line-7
answer  case 2 request-genuine yes by tanaka
answer  case 2 requester-is-receiver yes by tanaka
expect  answer case 2 block NO ア
consent case 2 line-7 by tanaka for 60m
expect  answer case 2 block ASK ア
sign    case 2 by sato
expect  answer case 2 block OK-CONSENT ア
expect  case 2 waiting
expect  no rule
expect  ledger applied exactly 0
