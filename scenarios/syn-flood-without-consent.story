# Only the customer suffers from a SYN flood: no block without consent, and the other ways are named.
# SYNフラッドの被害は契約者のみ。同意がなければ遮断せず、他に取り得る措置を示す。
at      2026-05-01T09:00Z
begin
load    40%
attack  tcp-syn at line-7
expect  answer case 1 analyse OK-BIZ チ
expect  answer case 1 block NO ア
expect  case 1 refused
expect  case 1 asks nobody
expect  case 1 shows sato other ways ア イ ウ
expect  refused sign case 9 by sato because there is no case 9
expect  refused answer case 1 request-genuine yes by sato because role
expect  refused answer case 1 line-consents yes by tanaka because recorded
answer  case 1 request-genuine yes by tanaka
answer  case 1 requester-is-receiver yes by tanaka
sign    case 1 by sato
expect  answer case 1 block NO ア
expect  quiet for 5m
expect  no rule
calm    line-7
expect  case 1 closed
expect  ledger answered NO at least 2
expect  ledger applied exactly 0
