//! The desk's thread: takes in what stations say, lets the desk move on, carries out its orders.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use decide::{DeskError, Order, Telemetry};
use detect::Numbers;
use ground::Number;
use observe::Health;
use terms::{Day, Moment, Source, Span, Text, Zone};

use crate::keep::{FromKeeper, ToKeeper};
use crate::wire::{Sekisho, allowed_exporter};

/// How often the desk moves on.
const STEP: std::time::Duration = std::time::Duration::from_millis(200);

/// Runs until everything is stopped.
pub(crate) fn run(sekisho: &Arc<Sekisho>) {
    let mut erased_on: Option<Day> = None;
    while !sekisho.stop.load(Ordering::Acquire) {
        let at = sekisho.clock.now();
        if let Err(e) = step(sekisho, &mut erased_on, at) {
            // Nothing new is done while it cannot be written; what runs ends at its end.
            tracing::error!(
                error = &e as &dyn std::error::Error,
                "the desk could not go on; it tries again"
            );
        }
        let swept = sekisho.actuator.sweep(at);
        if !swept.is_empty() {
            tracing::warn!(count = swept.len(), "withdrawn at their end by the actuator itself");
        }
        std::thread::sleep(STEP);
    }
}

fn step(sekisho: &Arc<Sekisho>, erased_on: &mut Option<Day>, at: Moment) -> Result<(), DeskError> {
    let health = sekisho.intake.health();
    let telemetry = telemetry(sekisho, &health);
    let mut desk = sekisho.desk();
    if let Some(by) = sekisho.clock.jumped() {
        tracing::warn!(
            milliseconds = by,
            "the wall clock was set; erasure waits until a person says the clock is right"
        );
        desk.clock_jumped(by, at)?;
    }
    let told: Result<(), DeskError> =
        sekisho.told.try_iter().try_for_each(|told| take(sekisho, &mut desk, told, &health, at));
    let ticked = desk.tick(&telemetry, at);
    // Orders are carried out even when something could not be written: what ends, ends.
    for order in desk.orders() {
        carry_out(sekisho, &mut desk, order, at)?;
    }
    give_orders(sekisho, &desk, at);
    told.and(ticked)?;
    let today = Zone::TOKYO.day(at.wall);
    if *erased_on != Some(today) {
        desk.erase_due(today, at)?;
        *erased_on = Some(today);
    }
    Ok(())
}

fn take(
    sekisho: &Sekisho,
    desk: &mut decide::Desk,
    told: FromKeeper,
    health: &[Health],
    at: Moment,
) -> Result<(), DeskError> {
    match told {
        FromKeeper::Change(
            detect::Change::Began { finding, .. } | detect::Change::Continues { finding, .. },
        ) => {
            let doubtful: Vec<_> =
                health.iter().filter(|h| h.doubtful.is_some()).map(|h| h.exporter).collect();
            desk.found(&finding, &doubtful, at)?;
        }
        FromKeeper::Change(detect::Change::Ended { target, .. }) => desk.calmed(&target, at)?,
        FromKeeper::Learnt(case, Some(learnt)) => desk.learnt(case, learnt, at)?,
        FromKeeper::Learnt(case, None) => desk.learnt_nothing(case, at),
        FromKeeper::Statistics(sealed) => {
            if let Err(e) = sekisho.account.keep(&sealed, at.wall) {
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
                // What cannot be noted does not stand.
                if sekisho.actuator.withdraw(id).is_ok() {
                    tracing::error!(
                        case = case.0,
                        mitigation = id.0,
                        "withdrawn: it could not be noted that it was applied"
                    );
                }
                return Err(e);
            }
        }
        Order::Withdraw(case, id) => match sekisho.actuator.withdraw(id) {
            Ok(_) => tracing::info!(case = case.0, mitigation = id.0, "mitigation withdrawn"),
            Err(e) => tracing::warn!(case = case.0, mitigation = id.0, "could not withdraw: {e}"),
        },
        Order::WithdrawAll => {
            let all = sekisho.actuator.withdraw_all();
            let in_force: Vec<_> =
                desk.cases().filter_map(|c| Some((c.id, c.mitigated.as_ref()?.id))).collect();
            for (case, id) in in_force {
                desk.withdrawn(
                    case,
                    id,
                    Text::of("全停止により解除。", "Withdrawn: everything was stopped."),
                    at,
                )?;
            }
            tracing::warn!(count = all.len(), "everything was withdrawn and all opening stopped");
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
