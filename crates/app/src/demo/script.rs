//! The demo's story: a quiet day, a flash crowd, three attacks, and what the law says to each.

use std::io::{Read, Write};
use std::net::TcpStream;

use anyhow::Context;
use decide::{CaseState, Change, Command, ProposalId};
use ground::{Code, Fact, Number};
use terms::{Act, CaseId, Line, Purpose};

use super::isp::Isp;
use super::people::{self, DESK, LEGAL, NOC, say};
use super::story::Story;
use super::traffic::Scene;
use crate::run::Running;

/// Tells the story. Unattended it also signs and answers; otherwise it leaves that to whoever
/// watches, and goes on with the ISP's day.
pub(crate) fn tell(running: &Running, isp: &Isp, unattended: bool) -> anyhow::Result<bool> {
    let mut story = Story::begin(running);
    before_anybody_signs(&mut story);
    begin(&mut story)?;
    second_use(&mut story);
    quiet_and_flash_crowd(&mut story, isp);
    if !unattended {
        attended(&story, isp);
        return Ok(true);
    }
    amplification(&mut story, isp);
    syn_flood(&mut story, isp)?;
    carpet(&mut story, isp);
    forged(&mut story, isp)?;
    red_switch(&mut story);
    Ok(story.end())
}

/// Nothing is decoded before the law lets it.
fn before_anybody_signs(story: &mut Story<'_>) {
    story.scene("誰も署名していない：何も読まれない", "Nobody has signed: nothing is read");
    let came =
        story.wait(60, |r| r.sekisho.intake.health().iter().map(|h| h.datagrams).sum::<u64>() > 20);
    story.step(came, "exporters send; their datagrams are counted");
    let read: u64 = story.running.sekisho.intake.health().iter().map(|h| h.records).sum();
    story.step(read == 0, "not one record was decoded: no ground is in force");
    let at = story.running.sekisho.clock.now();
    let missing = {
        let desk = story.running.sekisho.desk();
        desk.standing().missing(desk.book(), at.wall).len()
    };
    story.step(
        missing > 0,
        &format!(
            "`sekisho measures` names {missing} things that are missing, and the command for each"
        ),
    );
}

fn begin(story: &mut Story<'_>) -> anyhow::Result<()> {
    story.scene("担当者が数値を定め、受け入れ、署名する", "People enter numbers, accept and sign");
    let change = Change::Number { number: Number::BlockMinutes, value: 10.0 };
    let proposed =
        say(story.running, NOC, Command::Propose { change, reason: "ten minutes".into() })?;
    let id = proposed["proposal"].as_u64().context("a proposal has a number")?;
    story.refused(
        NOC,
        Command::Approve { proposal: ProposalId(id) },
        "sato approves his own number",
    );
    people::begin(story.running, &mut |text| crate::show::line(text))?;
    let granted = story.wait(60, |r| {
        let grounds = r.sekisho.desk().grounds();
        grounds.statistics.is_some() && grounds.keep.is_some() && grounds.hold.is_some()
    });
    story.step(granted, "(ス) collect, keep: OK-BIZ; (–) hold briefly: OK-BIZ, accepted by legal");
    let read =
        story.wait(60, |r| r.sekisho.intake.health().iter().filter(|h| h.records > 0).count() >= 3);
    story
        .step(read, "NetFlow v9, IPFIX and sFlow are decoded now, under the mask of these grounds");
    Ok(())
}

fn second_use(story: &mut Story<'_>) {
    story.scene("統計の目的外利用", "Kept statistics for another purpose");
    for purpose in [Purpose::Marketing, Purpose::FindInfected] {
        let said = story.does(
            LEGAL,
            Command::OpenKept { purpose, reason: "somebody asked".into() },
            &format!("asks to open the statistics (ス) for {purpose}"),
        );
        let no = said.as_ref().is_some_and(|v| v["code"] == Code::No.word());
        story.step(no, "NO, and the refusal is in the ledger");
        if let Some(said) = said {
            story.spoken(&said);
        }
    }
}

fn quiet_and_flash_crowd(story: &mut Story<'_>, isp: &Isp) {
    story.scene("平常時とアクセス集中", "A quiet day, strangers, a flash crowd");
    isp.stranger();
    let strangers = story.wait(60, |r| r.sekisho.intake.strangers() > 0);
    story.step(strangers, "datagrams of an exporter nobody allowed: counted, never decoded");
    let learnt = story.wait(120, |r| {
        let seen = r.sekisho.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.intervals > 20 && seen.bands.len() >= 3
    });
    story.step(learnt, "what is usual is learnt, by own prefix");
    isp.play(Scene::FlashCrowd);
    let surge = story.wait(60, |r| {
        let seen = r.sekisho.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        !seen.surges.is_empty()
    });
    isp.play(Scene::Usual);
    story.step(surge, "a flash crowd at the shop is seen as more of the usual");
    let none = story.running.sekisho.desk().cases().count() == 0;
    story.step(none, "and is not taken for an attack: no case");
}

fn amplification(story: &mut Story<'_>, isp: &Isp) {
    story.scene("増幅攻撃：回線に支障", "Amplification at one customer while the link is harmed");
    isp.play(Scene::Amplification);
    let Some(id) = story.new_case(0, 90) else {
        story.step(false, "a case is opened");
        return;
    };
    story.step(true, &format!("case {id}: found; the last minutes are opened for it alone"));
    let learnt = story.case_is(id, 90, |c| c.plan.is_some());
    story.step(learnt, "(チ) analyse the anomaly: OK-BIZ; traits learnt, a plan with an end");
    story.answer(id, Act::Analyse);
    let asks = story.case_is(id, 90, |c| waits_for(c, Act::Block, Code::Ask));
    story.step(asks, "(エ(a)) own equipment is impaired: asks for a signature of operations");
    story.answer(id, Act::Block);
    story.refused(
        DESK,
        Command::Sign { case: CaseId(999) },
        "somebody signs a case that is not there",
    );
    sign_and_end(story, isp, id);
}

fn syn_flood(story: &mut Story<'_>, isp: &Isp) -> anyhow::Result<()> {
    story.scene("SYNフラッド：契約者のみに被害", "A SYN flood where only the customer suffers");
    let before = newest(story);
    isp.play(Scene::SynFlood);
    let Some(id) = story.new_case(before, 90) else {
        story.step(false, "a case is opened");
        return Ok(());
    };
    story.step(true, &format!("case {id}: found"));
    let no = story.case_is(id, 90, |c| waits_for(c, Act::Block, Code::No));
    story.step(no, "(ア) block without the line's consent: NO");
    story.answer(id, Act::Block);
    let shown = story.does(
        NOC,
        Command::ShowCase { case: id },
        "looks at the case; that is asked for and booked",
    );
    let ways: Vec<String> = shown
        .iter()
        .flat_map(|v| v["alternatives"].as_array().cloned().unwrap_or_default())
        .map(|a| a["item"].as_str().unwrap_or_default().to_owned())
        .collect();
    story.step(
        ["ア", "イ", "ウ"].iter().all(|letter| ways.iter().any(|w| w == letter)),
        &format!("nearest lawful alternatives: {}", ways.join(", ")),
    );
    let fact = |fact, so| Command::Answer { case: id, fact, so };
    story.refused(
        NOC,
        fact(Fact::RequestGenuine, true),
        "operations answers a question of the desk",
    );
    story.does(DESK, fact(Fact::RequestGenuine, true), "establishes: the request is genuine");
    story.does(DESK, fact(Fact::RequesterIsReceiver, true), "establishes: who asks holds the line");
    let token: String =
        "demo-token-".chars().chain((0..32).map(|i| char::from(b'a' + (i % 26)))).collect();
    let link = story.does(
        DESK,
        Command::ConsentLink { case: id, line: Line("line-7".into()), minutes: 60, token },
        "sends the subscriber a one-time link",
    );
    if let Some(path) = link.as_ref().and_then(|l| l["path"].as_str()) {
        let said = answer_link(story.running, path);
        story.step(
            said.is_ok(),
            "the subscriber reads the page and consents, for this line, this analysis, this action",
        );
        if let Err(e) = said {
            story.note(&format!("        {e:#}"));
        }
    }
    let asks = story.case_is(id, 90, |c| waits_for(c, Act::Block, Code::Ask));
    story.step(asks, "(ア) with consent: only the signature of operations is missing");
    sign_and_end(story, isp, id);
    Ok(())
}

fn carpet(story: &mut Story<'_>, isp: &Isp) {
    story.scene("カーペット爆撃", "Carpet bombing of a prefix");
    let before = newest(story);
    isp.play(Scene::CarpetBombing);
    let Some(id) = story.new_case(before, 90) else {
        story.step(false, "a case is opened");
        return;
    };
    story.step(
        true,
        &format!(
            "case {id}: a whole pool is bombed; statistics know the pool only, not its subscribers"
        ),
    );
    let asks = story.case_is(id, 90, |c| {
        waits_for(c, Act::Block, Code::Ask) || waits_for(c, Act::Block, Code::No)
    });
    story.step(asks, "the law is asked for a block by traits on that prefix");
    story.answer(id, Act::Block);
    let range = Command::Answer { case: id, fact: Fact::RangeNecessary, so: true };
    story.does(NOC, range, "weighs the range: these rules on this prefix, nothing wider");
    sign_and_end(story, isp, id);
}

/// Signs, sees it granted and in force, ends the attack, sees it withdrawn, tells the line, closes.
fn sign_and_end(story: &mut Story<'_>, isp: &Isp, id: CaseId) {
    story.does(NOC, Command::Sign { case: id }, &format!("signs the plan of case {id}"));
    let applied = story.case_is(id, 90, |c| c.mitigated.is_some());
    story.step(applied, "granted and handed to the actuator (dry run), with its end");
    story.answer(id, Act::Block);
    for shown in story.running.sekisho.actuator.standing() {
        for rule in &shown.rules {
            story.note(&format!("        {rule}"));
        }
    }
    isp.play(Scene::Usual);
    let withdrawn = story.case_is(id, 90, |c| c.mitigated.is_none() && c.calm);
    story.step(withdrawn, "the attack has ended: withdrawn");
    let owes = story.running.sekisho.desk().case(id).is_some_and(|c| !c.duties.is_empty());
    if owes {
        story.does(DESK, Command::Told { case: id }, "tells the line what was done, and notes it");
    }
    let closed = story.case_is(id, 90, |c| c.closed);
    story.step(closed, &format!("case {id} is closed"));
}

/// Datagrams forged with an allowed exporter's address make it doubtful.
fn forged(story: &mut Story<'_>, isp: &Isp) -> anyhow::Result<()> {
    story.scene("偽造されたフロー情報", "Forged export");
    isp.forge();
    let doubtful =
        story.wait(60, |r| r.sekisho.intake.health().iter().any(|h| h.doubtful.is_some()));
    let why: Vec<String> = story
        .running
        .sekisho
        .intake
        .health()
        .iter()
        .filter_map(|h| h.doubtful.as_ref().map(|d| format!("{}: {}", h.name, d.reason.text().en)))
        .collect();
    story.step(
        doubtful,
        &format!("the exporter is doubtful ({}); nothing automatic rests on it", why.join("; ")),
    );
    let name = story
        .running
        .sekisho
        .intake
        .health()
        .iter()
        .find(|h| h.doubtful.is_some())
        .map(|h| h.name.clone());
    if let Some(name) = name {
        people::trust(story.running, &name)?;
        let trusted =
            story.wait(60, |r| r.sekisho.intake.health().iter().all(|h| h.doubtful.is_none()));
        story.step(trusted, "two persons trust it again");
    }
    Ok(())
}

fn red_switch(story: &mut Story<'_>) {
    story.scene("全停止", "The red switch");
    story.does(NOC, Command::Halt { reason: "exercise".into() }, "stops everything");
    let stopped = story.wait(60, |r| r.sekisho.desk().mask().fields().is_empty());
    story.step(stopped, "no ground is in force, nothing is decoded any more");
    story.does(
        LEGAL,
        Command::Resume { reason: "the exercise is over".into() },
        "lets opening begin again",
    );
    let again = story.wait(60, |r| r.sekisho.desk().grounds().statistics.is_some());
    story.step(again, "the standing measures were asked for again, and granted");
}

/// Attended: the ISP's day goes on, and people work at the desk themselves.
fn attended(story: &Story<'_>, isp: &Isp) {
    story.note("\nThree attacks follow, one after another. Work at the desk with `sekisho case …`; stop with ctrl-c.");
    for (scene, en) in [
        (Scene::Amplification, "amplification at the shop (line-9), the link is harmed"),
        (Scene::SynFlood, "SYN flood at line-7, only the customer suffers"),
        (Scene::CarpetBombing, "carpet bombing of pool-1"),
    ] {
        story.note(&format!("\n== now: {en}"));
        isp.play(scene);
        if !watch(story, 120) {
            return;
        }
        isp.play(Scene::Usual);
        story.note("\n== now: the attack is over");
        if !watch(story, 30) {
            return;
        }
    }
    story.note("\nThe day goes on quietly. Stop with ctrl-c.");
    while watch(story, 3600) {}
}

/// Prints what changes in the cases; false when the demo is being stopped.
fn watch(story: &Story<'_>, seconds: u64) -> bool {
    let said = std::cell::Cell::new(0_usize);
    let words = |r: &Running| -> Vec<String> {
        r.sekisho
            .desk()
            .cases()
            .filter(|c| !c.closed)
            .map(|c| {
                format!(
                    "  case {}: {:?} {}",
                    c.id,
                    c.state(),
                    c.standstill.as_ref().map(|s| s.words.en.clone()).unwrap_or_default()
                )
            })
            .collect()
    };
    story.wait(seconds, |r| {
        let now = words(r);
        let length: usize = now.iter().map(String::len).sum();
        if length != said.get() {
            said.set(length);
            now.iter().for_each(|line| crate::show::line(line));
        }
        false
    });
    !story.running.sekisho.stop.load(std::sync::atomic::Ordering::Acquire)
}

fn newest(story: &Story<'_>) -> u64 {
    story.running.sekisho.desk().cases().map(|c| c.id.0).max().unwrap_or(0)
}

/// Did the gate last say this to this act?
fn waits_for(case: &decide::Case, act: Act, code: Code) -> bool {
    case.state() != CaseState::Learning && case.answer(act).is_some_and(|said| said.code == code)
}

/// Answers a one-time link as the subscriber's browser does.
fn answer_link(running: &Running, path: &str) -> anyhow::Result<()> {
    let ask = |request: String| -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(running.http)?;
        stream.set_read_timeout(Some(std::time::Duration::from_secs(10)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let host = running.http;
    let page = ask(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"))?;
    anyhow::ensure!(
        page.starts_with("HTTP/1.1 200") && page.contains("line-7"),
        "the page did not say what it is about"
    );
    let body = "answer=yes";
    let said = ask(format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))?;
    anyhow::ensure!(
        said.starts_with("HTTP/1.1 200"),
        "the answer was not taken: {}",
        said.lines().next().unwrap_or_default()
    );
    Ok(())
}
