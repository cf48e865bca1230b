//! The mistakes of design §9: add one by adding it here.

use super::{Catcher, Change, Mistake};

/// Every mistake, in the order of the design's list.
pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        what: "a detector's crate uses observe",
        change: Change::Replace {
            file: "crates/detect/Cargo.toml",
            from: "ground.workspace = true\n",
            to: "ground.workspace = true\nobserve.workspace = true\n",
        },
        caught_by: Catcher::Layers,
        says: "detect: it uses observe",
    },
    Mistake {
        what: "the web reaches the actuators",
        change: Change::Replace {
            file: "crates/console/Cargo.toml",
            from: "[dependencies]\n",
            to: "[dependencies]\nact.workspace = true\n",
        },
        caught_by: Catcher::Layers,
        says: "console: it uses act",
    },
    Mistake {
        what: "a pure crate takes an outside dependency",
        change: Change::Replace {
            file: "crates/terms/Cargo.toml",
            from: "[dependencies]\n",
            to: "[dependencies]\ntokio.workspace = true\n",
        },
        caught_by: Catcher::Layers,
        says: "terms: it uses tokio",
    },
    Mistake {
        what: "a detector reads the clock",
        change: Change::Append {
            file: "crates/detect/src/lib.rs",
            text: "\n/// Now.\npub fn now() -> std::time::SystemTime { std::time::SystemTime::now() }\n",
        },
        caught_by: Catcher::Clippy("detect"),
        says: "use of a disallowed method `std::time::SystemTime::now`",
    },
    Mistake {
        what: "a detector reads the clock and silences clippy",
        change: Change::Append {
            file: "crates/detect/src/lib.rs",
            text: "\n/// Now.\n#[expect(clippy::disallowed_methods, reason = \"I want to\")]\n\
                   pub fn now() -> std::time::SystemTime { std::time::SystemTime::now() }\n",
        },
        caught_by: Catcher::Tidy,
        says: "SystemTime::now is for `app` only",
    },
    Mistake {
        what: "a lint is switched off with allow",
        change: Change::Append {
            file: "crates/terms/src/lib.rs",
            text: "\n#[allow(dead_code)]\nfn unused() {}\n",
        },
        caught_by: Catcher::Tidy,
        says: "instead of allow",
    },
    Mistake {
        what: "an exception from a lint gives no reason",
        change: Change::Append {
            file: "crates/terms/src/lib.rs",
            text: "\n#[expect(dead_code)]\nfn unused() {}\n",
        },
        caught_by: Catcher::Clippy("terms"),
        says: "`expect` attribute without specifying a reason",
    },
    Mistake {
        what: "unsafe code",
        change: Change::Append {
            file: "crates/terms/src/lib.rs",
            text: "\nfn f(p: *const u8) -> u8 { unsafe { *p } }\n",
        },
        caught_by: Catcher::Check("terms"),
        says: "usage of an `unsafe` block",
    },
    Mistake {
        what: "a second gate",
        change: Change::Append {
            file: "crates/detect/src/lib.rs",
            text: "\n/// A gate.\npub fn gate(book: std::sync::Arc<ground::Book>, \
                   journal: std::sync::Arc<dyn ground::Journal>) -> ground::Gate \
                   { ground::Gate::new(book, journal, terms::Zone::TOKYO) }\n",
        },
        caught_by: Catcher::Clippy("detect"),
        says: "use of a disallowed method `ground::Gate::new`",
    },
    Mistake {
        what: "the gate forgets a fact that is not so",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "Some(_) => State::Failed,",
            to: "Some(_) => State::Met,",
        },
        caught_by: Catcher::Test("ground", "a_required_fact_that_is_not_so_refuses"),
        says: "a_required_fact_that_is_not_so_refuses ... FAILED",
    },
    Mistake {
        what: "the gate forgets a fact that is not known",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "None => State::Unknown,",
            to: "None => State::Met,",
        },
        caught_by: Catcher::Test("ground", "a_required_fact_that_is_not_known_asks"),
        says: "a_required_fact_that_is_not_known_asks ... FAILED",
    },
    Mistake {
        what: "the gate forgets the purpose",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "purpose.is_some()",
            to: "true",
        },
        caught_by: Catcher::Test("ground", "every_other_purpose_refuses"),
        says: "every_other_purpose_refuses ... FAILED",
    },
    Mistake {
        what: "the gate forgets that an end lies ahead",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "End::At(end) => end.wall > at.wall,",
            to: "End::At(_) => true,",
        },
        caught_by: Catcher::Test("ground", "no_end_or_an_end_that_is_not_ahead_refuses"),
        says: "no_end_or_an_end_that_is_not_ahead_refuses ... FAILED",
    },
    Mistake {
        what: "the gate forgets whom a measure may be about",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "fits(&request.subject, measure.over)",
            to: "true",
        },
        caught_by: Catcher::Test("ground", "a_wider_subject_refuses"),
        says: "a_wider_subject_refuses ... FAILED",
    },
    Mistake {
        what: "the gate lets both of two signatures come afterwards",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "measure.signers.roles.len() < 2 ||",
            to: "true ||",
        },
        caught_by: Catcher::Test(
            "ground",
            "of_two_signatures_one_is_there_before_and_only_the_other_may_follow",
        ),
        says: "of_two_signatures_one_is_there_before_and_only_the_other_may_follow ... FAILED",
    },
    Mistake {
        what: "a measure on self-defence is to last",
        change: Change::Replace {
            file: "measures/04-e-a-block-while-impaired.toml",
            from: "ends      = \"required\"",
            to: "ends      = \"review\"",
        },
        caught_by: Catcher::Test("ground", "every_example_of_every_measure_gives_what_it_says"),
        says: "every_example_of_every_measure_gives_what_it_says ... FAILED",
    },
    Mistake {
        what: "the gate forgets the signatures",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "let fine = by.is_some() ||",
            to: "let fine = true ||",
        },
        caught_by: Catcher::Test(
            "ground",
            "a_number_an_acceptance_a_signature_or_the_switch_that_is_missing_is_never_a_yes",
        ),
        says: "a_number_an_acceptance_a_signature_or_the_switch_that_is_missing_is_never_a_yes ... FAILED",
    },
    Mistake {
        what: "the gate forgets the days a measure holds",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "measure.holds_on(day)",
            to: "true",
        },
        caught_by: Catcher::Test(
            "ground",
            "the_day_before_a_measure_holds_refuses_and_its_first_day_does_not",
        ),
        says: "the_day_before_a_measure_holds_refuses_and_its_first_day_does_not ... FAILED",
    },
    Mistake {
        what: "kept data is opened by a measure that does not list its source",
        change: Change::Replace {
            file: "crates/ground/src/reading.rs",
            from: "measure.reads.contains(s)",
            to: "true",
        },
        caught_by: Catcher::Test("ground", "every_source_outside_the_list_refuses"),
        says: "every_source_outside_the_list_refuses ... FAILED",
    },
    Mistake {
        what: "a measure misspells a fact",
        change: Change::Replace {
            file: "measures/01-a-analyse-at-victims-request.toml",
            from: "line-consents         = true",
            to: "line-concents         = true",
        },
        caught_by: Catcher::Test("ground", "every_example_of_every_measure_gives_what_it_says"),
        says: "every_example_of_every_measure_gives_what_it_says ... FAILED",
    },
    Mistake {
        what: "a measure loses a requirement",
        change: Change::Replace {
            file: "measures/01-a-analyse-at-victims-request.toml",
            from: "line-consents         = true\n",
            to: "",
        },
        caught_by: Catcher::Test("ground", "every_example_of_every_measure_gives_what_it_says"),
        says: "every_example_of_every_measure_gives_what_it_says ... FAILED",
    },
    Mistake {
        what: "a view lets an unopened field through",
        change: Change::Replace {
            file: "crates/ground/src/seal.rs",
            from: "if self.fields.has(field) { self.batch.get().column(field) } else { None }",
            to: "self.batch.get().column(field)",
        },
        caught_by: Catcher::Test(
            "ground",
            "a_whole_network_ground_sees_the_named_columns_of_every_row",
        ),
        says: "a_whole_network_ground_sees_the_named_columns_of_every_row ... FAILED",
    },
    Mistake {
        what: "a decoder gives out something unsealed",
        change: Change::Replace {
            file: "crates/observe/src/flow/decoder.rs",
            from: "sealed: Sealed::seal(full, origin.clone())",
            to: "sealed: full",
        },
        caught_by: Catcher::Check("observe"),
        says: "expected `Sealed<Flows>`, found `Flows`",
    },
    Mistake {
        what: "a detector looks into a seal",
        change: Change::Append {
            file: "crates/detect/src/lib.rs",
            text: "\n/// How many.\npub fn count(sealed: &ground::Sealed<terms::Flows>) -> usize \
                   { sealed.contents.len }\n",
        },
        caught_by: Catcher::Check("detect"),
        says: "field `contents` of struct `Sealed` is private",
    },
    Mistake {
        what: "somebody makes their own permit",
        change: Change::Append {
            file: "crates/detect/src/lib.rs",
            text: "\n/// A permit.\npub fn permit(plan: terms::Mitigation, warrant: ground::Warrant) \
                   -> ground::Permitted<terms::Mitigation> { ground::Permitted { plan, warrant } }\n",
        },
        caught_by: Catcher::Check("detect"),
        says: "of struct `Permitted` are private",
    },
    Mistake {
        what: "an actuator takes a bare plan",
        change: Change::Replace {
            file: "crates/act/src/lib.rs",
            from: "permitted: Permitted<Mitigation>",
            to: "permitted: Mitigation",
        },
        caught_by: Catcher::Check("act"),
        says: "expected `Permitted<Mitigation>`, found `Mitigation`",
    },
    Mistake {
        what: "a default route is an own prefix",
        change: Change::Replace {
            file: "crates/terms/src/mitigation.rs",
            from: "if net.prefix_len() == 0 { Err(ScopeError::DefaultRoute) } else",
            to: "if net.prefix_len() > 128 { Err(ScopeError::DefaultRoute) } else",
        },
        caught_by: Catcher::Test("terms", "a_default_route_cannot_be_written"),
        says: "a_default_route_cannot_be_written ... FAILED",
    },
    Mistake {
        what: "a seal with a public field",
        change: Change::Replace {
            file: "crates/ground/src/seal.rs",
            from: "pub struct Sealed<T> {\n    contents: T,",
            to: "pub struct Sealed<T> {\n    pub contents: T,",
        },
        caught_by: Catcher::Tidy,
        says: "Sealed has a field others can see",
    },
    Mistake {
        what: "a ground that can be copied",
        change: Change::Replace {
            file: "crates/ground/src/seal.rs",
            from: "pub struct Ground {",
            to: "#[derive(Clone)]\npub struct Ground {",
        },
        caught_by: Catcher::Tidy,
        says: "Ground derives Clone",
    },
    Mistake {
        what: "a measure that is not in the book's list",
        change: Change::Append { file: "measures/99-forgotten.toml", text: "# Forgotten.\n" },
        caught_by: Catcher::Tidy,
        says: "99-forgotten is not in the list",
    },
    Mistake {
        what: "a source file that nothing compiles",
        change: Change::Append { file: "crates/detect/src/forgotten.rs", text: "//! Forgotten.\n" },
        caught_by: Catcher::Tidy,
        says: "nothing compiles it",
    },
    Mistake {
        what: "a document that points to nothing",
        change: Change::Append { file: "README.md", text: "\n[See](docs/nowhere.md)\n" },
        caught_by: Catcher::Tidy,
        says: "nothing is at docs/nowhere.md",
    },
];
