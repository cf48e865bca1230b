# Statistics kept to run the network are asked for to sell something and to find the infected: no, and it is booked.
# 網の運用のために保存した統計を、営業や感染端末の検知に使えるか。使えず、その回答も記録される。
at      2026-05-01T09:00Z
begin
open    kept for marketing by yamada
expect  said NO marketing
expect  said NO (ス)
open    kept for find-infected by sato
expect  said NO find infected terminals
expect  ledger answered NO at least 2
expect  ledger verifies
