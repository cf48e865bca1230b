//! Datagrams that lie: what is wrong is counted, what is right is read.

use super::*;

#[test]
fn a_variable_field_that_runs_over_its_set_is_counted_and_the_next_set_is_read() {
    let template = words(&[400, 2, 96, 0xffff, 7, 2]);
    let good = words(&[0x0141, 0x0050]);
    let good = [&good[..], &[9]].concat();
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&ipfix_message(
        1,
        &[(2, template), (400, [&good[..4], &[200, 0, 0]].concat()), (400, good[..4].to_vec())],
    ));
    assert_eq!((h.flows.len, h.flaws()), (2, vec![Flaw::Record]));
}

#[test]
fn the_same_template_number_in_two_domains_means_two_things() {
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&ipfix_message(1, &[(2, words(&[256, 2, 7, 2, 11, 2]))]));
    h.hear(&ipfix_message(2, &[(2, words(&[256, 2, 11, 2, 7, 2]))]));
    h.hear(&ipfix_message(1, &[(256, words(&[1, 2]))]));
    h.hear(&ipfix_message(2, &[(256, words(&[2, 1]))]));
    assert_eq!((&*h.flows.src_port, &*h.flows.dst_port), (&[1, 1][..], &[2, 2][..]));
    h.hear(&ipfix_message(3, &[(256, words(&[2, 1]))]));
    assert_eq!(h.tally.times(Flaw::NoTemplate), 1);
}

#[test]
fn lying_lengths_are_counted_and_the_rest_is_read() {
    let template = (2, words(&[256, 1, 7, 2]));
    let data = (256, words(&[80, 81]));
    let good = ipfix_message(1, &[template, data.clone()]);
    for (octets, flaws, rows) in [
        // Set length 0, then 65,535.
        ([&good[..], &[1, 0, 0, 0]].concat(), vec![Flaw::Trailing], 2),
        ([&good[..], &[1, 0, 255, 255, 1]].concat(), vec![Flaw::Trailing], 2),
        (good[..good.len() - 1].to_vec(), vec![Flaw::Length, Flaw::SetLength], 0),
        (good[..15].to_vec(), vec![Flaw::Header], 0),
        (good[..1].to_vec(), vec![Flaw::Version], 0),
        (vec![], vec![Flaw::Version], 0),
        (vec![0, 10, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], vec![Flaw::Length], 0),
    ] {
        let mut h = Ear::under(Fields::FLOW);
        h.hear(&octets);
        assert_eq!((h.flaws(), h.flows.len), (flaws, rows), "{octets:?}");
    }
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&good);
    let mut zero = ipfix_message(1, &[data.clone(), (7, vec![1, 2, 3, 4]), data]);
    h.hear(&zero);
    assert_eq!((h.flaws(), h.tally.records), (vec![Flaw::Unsupported], 4));
    zero[18..20].copy_from_slice(&[0, 0]);
    h.hear(&zero);
    assert_eq!((h.flaws(), h.tally.records), (vec![Flaw::SetLength], 0));
}

#[test]
fn templates_that_cannot_be_are_counted_and_not_taken_up() {
    for template in [
        // Reserved number, withdrawal, no octets in a record, more fields than are there.
        words(&[255, 1, 7, 2]),
        words(&[256, 0]),
        words(&[256, 2, 7, 0, 11, 0]),
        words(&[256, 9, 7, 2]),
        words(&[256, 0xffff, 7, 2]),
    ] {
        let mut h = Ear::under(Fields::FLOW);
        h.hear(&ipfix_message(1, &[(2, template.clone()), (256, vec![0; 40])]));
        assert_eq!(h.flaws(), [Flaw::Template, Flaw::NoTemplate], "{template:?}");
    }
    let mut h = Ear::under(Fields::FLOW);
    let template = words(&[255, 1, 7, 2, 256, 2, 0, 0, 7, 2, 0]);
    h.hear(&ipfix_message(1, &[(2, template), (256, vec![0, 80])]));
    assert_eq!((h.flaws(), &*h.flows.src_port), (vec![Flaw::Template], &[80][..]));
}

#[test]
fn netflow_v5_with_fewer_or_more_octets_than_its_count_is_read_as_far_as_it_goes() {
    let records: Vec<_> = (0..30).map(record).filter(|r| r.src.is_ipv4()).collect();
    let v5 = NetFlow5 { boot: AT, sequence: 0, engine: 0, sampling: 0 }.datagrams(AT, &records);
    let whole = &v5[0];
    let mut h = Ear::under(Fields::FLOW);
    h.hear(&whole[..whole.len() - 50]);
    assert_eq!((h.flows.len, h.flaws()), (records.len() - 2, vec![Flaw::Length]));
    h.hear(&[&whole[..], &[0; 7]].concat());
    assert_eq!((h.tally.records, h.flaws()), (records.len() as u64, vec![Flaw::Trailing]));
    h.hear(&whole[..23]);
    assert_eq!(h.flaws(), [Flaw::Header]);
}
