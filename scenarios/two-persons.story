# What takes two persons takes two, one of them legal; nobody approves their own wish, and an auditor changes nothing.
# 二人を要する変更は、一人が法務である二人で行う。自分の提案は承認できず、監査担当は何も変えない。
people  mori operations legal
at      2026-05-01T09:00Z
expect  refused number block-minutes 10 by sato approved by sato because two different
expect  refused number block-minutes 10 by mori approved by mori because two different
expect  refused number block-minutes 10 by sato approved by suzuki because two different
expect  refused number block-minutes 10 by yamada approved by kimura because role
expect  refused number block-minutes 10 by kimura approved by yamada because role
expect  refused number block-minutes 0 by sato approved by yamada because above zero
expect  refused switch イ automatic by sato approved by yamada because may not run automatically
expect  refused accept 90-hold-briefly by yamada second yamada because two different
expect  refused trust border-1 by sato approved by tanaka because role
number  block-minutes 10 by sato approved by yamada
number  block-minutes 12 by mori approved by sato
begin
sign    measure ス by mori
expect  refused sign measure ス by kimura because role
expect  refused sign measure エ(a) by sato because case
expect  refused fact range-necessary yes by sato because case by case
expect  ledger number-set exactly 12
