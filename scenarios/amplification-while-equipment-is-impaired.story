# Amplification fills the transit link; operations signs, the block ends with the attack, the line is told.
# 増幅攻撃で中継回線が埋まる。運用担当が署名し、攻撃の終息とともに遮断を解除し、契約者に知らせる。
at      2026-05-01T09:00Z
expect  nothing decoded
begin
expect  something decoded
load    96%
attack  udp-amplifier at line-9
expect  answer case 1 analyse OK-BIZ チ
expect  answer case 1 block ASK エ(a)
expect  case 1 asks operations
expect  no rule
expect  quiet for 5m
expect  refused sign case 1 by kimura because role
sign    case 1 by sato
expect  answer case 1 block OK-EMERG エ(a)
expect  case 1 mitigated
expect  case 1 owes nothing
expect  rule dst 203.0.113.140/32
expect  duty case 1 tell-line
expect  quiet for 2m
calm    line-9
expect  case 1 withdrawn the attack that caused it has ended
expect  no rule
expect  case 1 waiting
expect  refused close case 1 by sato because owed
told    case 1 by tanaka
expect  case 1 closed
expect  ledger applied exactly 1
expect  ledger withdrawn exactly 1
expect  ledger verifies
