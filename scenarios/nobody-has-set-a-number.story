# No number of the law is built in: without the operator's minutes nothing is blocked, whoever signs.
# 法的な数値は組み込まれていない。事業者が分数を定めるまで、署名があっても遮断しない。
at      2026-05-01T09:00Z
number  statistics-days 30 by sato approved by yamada
number  anomaly-band 6 by sato approved by yamada
number  anomaly-floor-mbps 20 by sato approved by yamada
switch  ス propose by sato approved by yamada
switch  17-chi-analyse-anomaly propose by sato approved by yamada
switch  エ(a) propose by sato approved by yamada
fact    own-business yes by sato
sign    measure ス by yamada
sign    measure ス by sato
attack  udp-amplifier at line-9
expect  answer case 1 analyse ASK チ
sign    measure 17-chi-analyse-anomaly by yamada
sign    measure 17-chi-analyse-anomaly by sato
expect  answer case 1 block NO エ(a)
expect  refused sign case 1 by sato because no plan
answer  case 1 own-equipment-impaired yes by sato
expect  answer case 1 block NO エ(a)
number  block-minutes 10 by sato approved by yamada
number  impaired-percent 90 by sato approved by yamada
expect  answer case 1 block ASK エ(a)
sign    case 1 by sato
expect  case 1 mitigated
