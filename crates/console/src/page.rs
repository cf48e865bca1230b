//! The status page: how everything stands, in words and tables of one language.

use askama::Template;
use decide::CaseState;
use terms::{Text, Time, Zone};

use crate::Band;
use crate::lang::Lang;
use crate::status::{Status, state_text};

/// The page. It shows, and changes nothing.
#[derive(Template)]
#[template(path = "status.html")]
pub(crate) struct Page {
    /// The language it is in.
    pub(crate) lang: Lang,
    /// The operator.
    pub(crate) operator: Text,
    /// What it shows.
    pub(crate) status: Status,
}

/// Width of a bar; the upper edge of what is expected is in its middle.
const WIDTH: f64 = 200.0;

/// The bar of one own prefix, in the units of its picture.
struct Bar {
    from: String,
    wide: String,
    seen: String,
    /// Does the traffic go beyond the band?
    above: bool,
    text: String,
}

impl Page {
    fn t<'a>(&self, ja: &'a str, en: &'a str) -> &'a str {
        self.lang.of(ja, en)
    }

    fn text<'a>(&self, text: &'a Text) -> &'a str {
        self.lang.text(text)
    }

    fn say(&self, text: Text) -> String {
        self.text(&text).to_owned()
    }

    fn state(&self, state: &CaseState) -> String {
        self.say(state_text(*state))
    }

    fn count<N: TryInto<u64> + Copy>(&self, n: &N) -> String {
        count((*n).try_into().unwrap_or(u64::MAX))
    }

    fn rate(&self, bits: &f64) -> String {
        rate(*bits)
    }

    fn percent(&self, percent: &f64) -> String {
        format!("{percent:.1}")
    }

    /// Where live.js finds an entry of a list of the snapshot.
    fn pointer(&self, list: &str, index: &usize) -> String {
        format!("/snapshot/{list}/{index}")
    }

    fn clock(&self, at: &Time) -> String {
        Zone::TOKYO.clock(*at)
    }

    fn either(&self, whom: &[Text]) -> String {
        let words: Vec<&str> = whom.iter().map(|t| self.text(t)).collect();
        words.join(self.t("又は", " or "))
    }

    fn bar(&self, band: &Band) -> Option<Bar> {
        let edges = band.expected?;
        let unit = WIDTH / 2.0 / edges.high.max(1.0);
        let place = |bits: f64| (bits * unit).clamp(0.0, WIDTH);
        let above = band.seen > edges.high;
        let (low, high) = (rate(edges.low), rate(edges.high));
        let within = if above {
            self.t("想定を超過", "above what is expected")
        } else if band.seen < edges.low {
            self.t("想定を下回る", "below what is expected")
        } else {
            self.t("想定内", "as expected")
        };
        Some(Bar {
            from: format!("{:.1}", place(edges.low)),
            wide: format!("{:.1}", place(edges.high) - place(edges.low)),
            seen: format!("{:.1}", place(band.seen)),
            above,
            text: format!("{within}: {} ({low} – {high})", rate(band.seen)),
        })
    }
}

/// A count with commas, as live.js writes it too.
fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bits a second with a unit, as live.js writes it too.
fn rate(bits: f64) -> String {
    let mut value = bits;
    let mut units = ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    let decimals = if value >= 99.5 || unit == "bit/s" { 0 } else { 1 };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_commas_and_rates_with_units() {
        for (n, text) in [(0_u64, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(n), text);
        }
        let rates = [
            (0.0, "0 bit/s"),
            (999.0, "999 bit/s"),
            (1_500.0, "1.5 kbit/s"),
            (999_600.0, "1.0 Mbit/s"),
            (2.5e11, "250 Gbit/s"),
            (4e15, "4000 Tbit/s"),
        ];
        for (bits, text) in rates {
            assert_eq!(rate(bits), text);
        }
    }
}
