//! The desk's thread: takes in what stations say, lets the desk move on, carries out its orders.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use decide::{DeskError, Order, Telemetry};
use detect::Numbers;
use ground::Number;
use observe::Health;
use terms::{CaseId, Day, MitigationId, Moment, Source, Span, Text, Zone};

use crate::keep::{FromKeeper, ToKeeper};
use crate::wire::{Sekisho, allowed_exporter};

/// How often the desk moves on.
const STEP: std::time::Duration = std::time::Duration::from_millis(200);
/// How often the same trouble is told.
const AGAIN: Span = Span::minutes(1);

/// Runs until everything is stopped.
pub(crate) fn run(sekisho: &Arc<Sekisho>) {
    let mut round = Round::default();
    let mut trouble = Trouble::default();
    while !sekisho.stop.load(Ordering::Acquire) {
        // Nothing new is done while it cannot be written; what runs ends at its end.
        let done = round.step(sekisho);
        trouble.tell(done, sekisho.clock.now());
        std::thread::sleep(STEP);
    }
}

/// What the desk's thread carries over from one round to the next.
#[derive(Default)]
struct Round {
    erased_on: Option<Day>,
    /// What a station said and the desk could not write down yet.
    unheard: Option<FromKeeper>,
}

impl Round {
    /// One round. Whatever fails, the rest is still done: above all, what must be withdrawn is
    /// withdrawn though it cannot be written down. Gives the first failure.
    fn step(&mut self, sekisho: &Arc<Sekisho>) -> Result<(), DeskError> {
        let health = sekisho.intake.health();
        let telemetry = telemetry(sekisho, &health);
        let mut desk = sekisho.desk();
        if sekisho.stop.load(Ordering::Acquire) {
            return Ok(()); // stopped while it waited for the desk: nothing is begun any more
        }
        // Not before: while it waited somebody may have signed, and at an earlier moment the gate would
        // not know of that, and not be asked again.
        let at = sekisho.clock.now();
        let mut done = Ok(());
        if let Some(by) = sekisho.clock.jumped() {
            tracing::warn!(
                milliseconds = by,
                "the wall clock was set; erasure waits until a person says the clock is right: `sekisho clock-is-right --reason … --as …`"
            );
            done = desk.clock_jumped(by, at);
        }
        done = done.and(self.listen(sekisho, &mut desk, &health, at));
        done = done.and(desk.tick(&telemetry, at));
        for order in desk.orders() {
            done = done.and(carry_out(sekisho, &mut desk, order, at));
        }
        done = done.and(sweep(sekisho, &mut desk, at));
        give_orders(sekisho, &desk, at);
        done.and(self.erase(&mut desk, at))
    }

    /// Takes in what stations said. What the disk does not take is taken in again in the next round.
    fn listen(
        &mut self,
        sekisho: &Sekisho,
        desk: &mut decide::Desk,
        health: &[Health],
        at: Moment,
    ) -> Result<(), DeskError> {
        while let Some(told) = self.unheard.take().or_else(|| sekisho.told.try_recv().ok()) {
            if let Err(e) = take(sekisho, desk, &told, health, at) {
                use account::AccountError::{Database, File};
                if matches!(e, DeskError::NotKept(File { .. } | Database { .. })) {
                    self.unheard = Some(told);
                }
                return Err(e);
            }
        }
        Ok(())
    }

    /// Once a day, erases what has passed its last day; after the clock was set, once a person has
    /// said that it is right.
    fn erase(&mut self, desk: &mut decide::Desk, at: Moment) -> Result<(), DeskError> {
        let today = Zone::TOKYO.day(at.wall);
        if desk.clock_is_sure() && self.erased_on != Some(today) {
            desk.erase_due(today, at)?;
            self.erased_on = Some(today);
        }
        Ok(())
    }
}

/// What keeps the desk from going on, told when it begins, when it changes, once a minute, and when
/// it is over.
#[derive(Default)]
struct Trouble {
    told: Option<(String, Moment)>,
}

impl Trouble {
    fn tell(&mut self, done: Result<(), DeskError>, at: Moment) {
        let Err(e) = done else {
            if self.told.take().is_some() {
                tracing::info!("the desk goes on");
            }
            return;
        };
        let causes = core::iter::successors(std::error::Error::source(&e), |c| c.source());
        let words = causes.fold(e.to_string(), |words, cause| format!("{words}: {cause}"));
        let lately = |(said, when): &(String, Moment)| {
            *said == words && at.mono.saturating_sub(when.mono) < AGAIN.0
        };
        if !self.told.as_ref().is_some_and(lately) {
            tracing::error!("the desk could not go on; it tries again: {words}");
            self.told = Some((words, at));
        }
    }
}

/// What the actuator withdraws by itself at its end, because the desk could not or the wall clock was
/// set, is written down.
fn sweep(sekisho: &Sekisho, desk: &mut decide::Desk, at: Moment) -> Result<(), DeskError> {
    let swept = sekisho.actuator.sweep(at);
    if !swept.is_empty() {
        tracing::warn!(count = swept.len(), "withdrawn at their end by the actuator itself");
    }
    let mut done = Ok(());
    for (case, id) in in_force(desk).into_iter().filter(|(_, id)| swept.contains(id)) {
        let why = Text::of("終期が到来したため解除。", "Withdrawn: its end has come.");
        done = done.and(desk.withdrawn(case, id, why, at));
    }
    done
}

/// Each case with a mitigation in force, as the desk knows it.
fn in_force(desk: &decide::Desk) -> Vec<(CaseId, MitigationId)> {
    desk.cases().filter_map(|c| Some((c.id, c.mitigated.as_ref()?.id))).collect()
}

fn take(
    sekisho: &Sekisho,
    desk: &mut decide::Desk,
    told: &FromKeeper,
    health: &[Health],
    at: Moment,
) -> Result<(), DeskError> {
    match told {
        FromKeeper::Change(
            detect::Change::Began { finding, .. } | detect::Change::Continues { finding, .. },
        ) => {
            let doubtful: Vec<_> =
                health.iter().filter(|h| h.doubtful.is_some()).map(|h| h.exporter).collect();
            desk.found(finding, &doubtful, at)?;
        }
        FromKeeper::Change(detect::Change::Ended { target, .. }) => desk.calmed(target, at)?,
        FromKeeper::Learnt(case, Some(learnt)) => desk.learnt(*case, learnt.clone(), at)?,
        FromKeeper::Learnt(case, None) => desk.learnt_nothing(*case, at),
        FromKeeper::Statistics(sealed) => {
            if let Err(e) = sekisho.account.keep(sealed, at.wall) {
                tracing::error!("statistics could not be kept: {e}");
            }
        }
    }
    Ok(())
}

fn carry_out(
    sekisho: &Sekisho,
    desk: &mut decide::Desk,
    order: Order,
    at: Moment,
) -> Result<(), DeskError> {
    match order {
        Order::Learn { case, ground, target, since } => {
            let learn = ToKeeper::Learn { case, ground, target, since };
            if sekisho.keeper.try_send(learn).is_err() {
                desk.learnt_nothing(case, at);
            }
        }
        Order::Apply(case, permitted) => {
            let (id, until) = (permitted.plan().id, permitted.until().wall);
            let (measure, answer) = (permitted.measure().clone(), permitted.answer());
            let done = sekisho.actuator.apply(permitted, at);
            let done = done.map(|_| (measure, answer, until)).map_err(|e| e.to_string());
            tracing::info!(
                case = case.0,
                mitigation = id.0,
                ok = done.is_ok(),
                "mitigation handed to the actuator"
            );
            if let Err(e) = desk.applied(case, id, done, at) {
                // What cannot be noted does not stand; it is asked for again.
                withdraw(sekisho, case, id);
                desk.try_later(case, at);
                return Err(e);
            }
        }
        Order::Withdraw(case, id) => withdraw(sekisho, case, id),
        Order::LearnAnew(target) => {
            if sekisho.keeper.try_send(ToKeeper::LearnAnew(target)).is_err() {
                tracing::warn!("the keeper was not ready to learn anew; close the next case too");
            }
        }
        Order::WithdrawAll => {
            let all = sekisho.actuator.withdraw_all();
            tracing::warn!(count = all.len(), "everything was withdrawn and all opening stopped");
            let mut done = Ok(());
            for (case, id) in in_force(desk) {
                let why = Text::of("全停止により解除。", "Withdrawn: everything was stopped.");
                done = done.and(desk.withdrawn(case, id, why, at));
            }
            return done;
        }
        Order::Exporters(list) => {
            let list: Vec<_> = list
                .iter()
                .map(|(name, address)| allowed_exporter(&sekisho.settings, name, *address))
                .collect();
            if let Err(e) = sekisho.intake.allow(&list) {
                tracing::error!("the list of exporters was not taken: {e}");
            }
        }
        Order::Trust(name) => {
            sekisho.intake.trust(&name);
        }
    }
    Ok(())
}

/// Withdraws at the actuator, unless it is gone already.
fn withdraw(sekisho: &Sekisho, case: CaseId, id: MitigationId) {
    if !sekisho.actuator.standing().iter().any(|s| s.id == id) {
        return;
    }
    match sekisho.actuator.withdraw(id) {
        Ok(_) => tracing::info!(case = case.0, mitigation = id.0, "mitigation withdrawn"),
        Err(e) => tracing::warn!(case = case.0, mitigation = id.0, "could not withdraw: {e}"),
    }
}

/// Sets grounds and numbers for the other stations.
fn give_orders(sekisho: &Sekisho, desk: &decide::Desk, at: Moment) {
    let grounds = desk.grounds();
    let number =
        |n: Number| desk.standing().numbers.get(&n).filter(|s| s.is_complete()).map(|s| s.value);
    let numbers = match (number(Number::AnomalyBand), number(Number::AnomalyFloor)) {
        (Some(band), Some(mbps)) => Some(Numbers { band, floor_bits: mbps * 1e6 }),
        _ => None,
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates; settings are above zero"
    )]
    let whole = |value: f64| value as u64;
    let hold = number(Number::HoldMinutes).map(|m| Span::seconds(whole(m * 60.0)));
    let days = number(Number::StatisticsDays).and_then(|d| i32::try_from(whole(d)).ok());
    let last_day = days.map(|d| Zone::TOKYO.day(at.wall).plus(d));
    *sekisho.shared.grounds.write().unwrap_or_else(PoisonError::into_inner) = grounds.clone();
    *sekisho.orders.lock().unwrap_or_else(PoisonError::into_inner) =
        crate::keep::Orders { grounds, numbers, hold, last_day };
}

/// The busiest link with a known capacity.
fn telemetry(sekisho: &Sekisho, health: &[Health]) -> Telemetry {
    let seen = sekisho.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let loads = seen.links.iter().filter_map(|load| {
        let exporter = health.iter().find(|h| h.exporter == load.exporter)?;
        let link = sekisho
            .settings
            .link
            .iter()
            .find(|l| l.exporter == exporter.name && l.interface == load.interface)?;
        Some((link.label.clone(), load.bits_per_second / (link.capacity_mbps * 1e6) * 100.0))
    });
    Telemetry { busiest: loads.max_by(|a, b| a.1.total_cmp(&b.1)) }
}

/// Sources of what is kept, for the pages.
pub(crate) const KEPT: &[Source] = &[Source::Statistics];
