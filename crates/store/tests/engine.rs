//! The two engines alone: groups, poison, retry, operations, bounds.
#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use domain::id::{Id, OperationId};
use store::op::{Operation, Reused, once};
use store::{Error, Lane};
use testkit::{City, TestDb, on_both};

/// What the tests of operations get wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wrong {
    Reused,
    Store(Error),
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<Reused> for Wrong {
    fn from(_: Reused) -> Self {
        Self::Reused
    }
}

on_both! {
    fn what_was_answered_can_be_read(home: TestDb) {
        home.db.write_now(Lane::Staff, |tx| store::meta::set(tx, "a", "1")).unwrap();
        let read = home.db.read_now(|reader| store::meta::get(reader, "a")).unwrap();
        assert_eq!(read.as_deref(), Some("1"));
    }

    fn an_error_undoes_everything_and_leaves_the_neighbours_alone(home: TestDb) {
        let barrier = Arc::new(Barrier::new(20));
        std::thread::scope(|scope| {
            for n in 0..20 {
                let (db, barrier) = (home.db.clone(), barrier.clone());
                scope.spawn(move || {
                    barrier.wait();
                    let result = db.write_now(Lane::Staff, move |tx| {
                        store::meta::set(tx, &format!("n{n}"), "1")?;
                        if n % 2 == 1 { Err(Error::Broken("no".to_owned())) } else { Ok(()) }
                    });
                    assert_eq!(result.is_ok(), n % 2 == 0);
                });
            }
        });
        for n in 0..20 {
            let name = format!("n{n}");
            let found = home.db.read_now(move |reader| store::meta::get(reader, &name)).unwrap();
            assert_eq!(found.is_some(), n % 2 == 0, "{n}");
        }
    }

    fn a_swallowed_error_poisons_the_transaction(home: TestDb) {
        let result = home.db.write_now(Lane::Staff, |tx| {
            store::meta::set(tx, "kept", "1")?;
            // A place that does not exist breaks a foreign key; somebody forgets to look at the error.
            let broken = store::by_hand::insert_orphan(tx);
            assert!(broken.is_err());
            assert!(matches!(store::meta::get(tx, "kept"), Err(Error::Poisoned { .. })));
            Ok::<_, Error>(())
        });
        assert!(matches!(result, Err(Error::Statement { .. })), "{result:?}");
        assert_eq!(home.db.read_now(|reader| store::meta::get(reader, "kept")).unwrap(), None);
    }

    fn a_panic_is_one_callers_error(home: TestDb) {
        let result = home.db.write_now(Lane::Staff, |tx| {
            store::meta::set(tx, "kept", "1")?;
            assert!(store::meta::get(tx, "kept")?.is_none(), "a panic on purpose");
            Ok::<_, Error>(())
        });
        assert_eq!(result, Err(Error::Panicked));
        home.db.write_now(Lane::Staff, |tx| store::meta::set(tx, "after", "1")).unwrap();
        assert_eq!(home.db.read_now(|reader| store::meta::get(reader, "kept")).unwrap(), None);
    }

    fn a_reader_sees_one_snapshot(home: TestDb) {
        home.db.write_now(Lane::Staff, |tx| store::meta::set(tx, "a", "1")).unwrap();
        let db = home.db.clone();
        let seen = home.db.read_now(move |reader| {
            let before = store::meta::get(reader, "a")?;
            db.write_now(Lane::Staff, |tx| store::meta::set(tx, "a", "2"))?;
            Ok::<_, Error>((before, store::meta::get(reader, "a")?))
        }).unwrap();
        assert_eq!(seen, (Some("1".to_owned()), Some("1".to_owned())));
    }

    fn one_press_of_a_button_has_one_effect(home: TestDb) {
        let mut city = City::found(home);
        let act = city.act();
        let operation = Operation::new(OperationId::from_parts(1, 1), "count one");
        let ran = Arc::new(AtomicU32::new(0));
        let press = |operation: Operation, act: store::Act| {
            let ran = ran.clone();
            city.db().write_now(Lane::Staff, move |tx| {
                once::<u32, Wrong>(tx, &act, &operation, |tx| {
                    store::meta::set(tx, "pressed", "1")?;
                    Ok(ran.fetch_add(1, Ordering::Relaxed) + 1)
                })
            })
        };
        assert_eq!(press(operation.clone(), act), Ok(1));
        assert_eq!(press(operation.clone(), act), Ok(1));
        let other = Operation::new(operation.id(), "count two");
        assert_eq!(press(other, act), Err(Wrong::Reused));
        assert_eq!(ran.load(Ordering::Relaxed), 1);
    }

    fn two_presses_at_once_have_one_effect(home: TestDb) {
        let mut city = City::found(home);
        let act = city.act();
        let barrier = Arc::new(Barrier::new(8));
        let results: Vec<_> = std::thread::scope(|scope| {
            let presses: Vec<_> = (0..8_u32).map(|n| {
                let (db, barrier) = (city.db().clone(), barrier.clone());
                scope.spawn(move || {
                    barrier.wait();
                    db.write_now(Lane::Staff, move |tx| {
                        let operation = Operation::new(OperationId::from_parts(1, 1), "count");
                        once::<u32, Wrong>(tx, &act, &operation, |_| Ok(n))
                    })
                })
            }).collect();
            presses.into_iter().map(|press| press.join().unwrap()).collect()
        });
        let first = results[0].clone().unwrap();
        assert!(results.iter().all(|result| *result == Ok(first)), "{results:?}");
    }

    fn a_press_is_not_refused_for_what_its_twin_did(home: TestDb) {
        let mut city = City::found(home);
        let act = city.act();
        let barrier = Arc::new(Barrier::new(4));
        let results: Vec<_> = std::thread::scope(|scope| {
            let presses: Vec<_> = (0..4_u32).map(|n| {
                let (db, barrier) = (city.db().clone(), barrier.clone());
                scope.spawn(move || {
                    barrier.wait();
                    db.write_now(Lane::Staff, move |tx| {
                        let operation = Operation::new(OperationId::from_parts(1, 1), "take the only place");
                        once::<u32, Wrong>(tx, &act, &operation, |tx| {
                            // The first is done while the others stand between their look at the operation and at
                            // the place.
                            if n > 0 {
                                std::thread::sleep(std::time::Duration::from_millis(100));
                            }
                            if store::meta::get(tx, "place")?.is_some() {
                                return Err(Wrong::Store(Error::Broken("taken".to_owned())));
                            }
                            store::meta::set(tx, "place", "taken")?;
                            Ok(n)
                        })
                    })
                })
            }).collect();
            presses.into_iter().map(|press| press.join().unwrap()).collect()
        });
        let first = results[0].clone().unwrap();
        assert!(results.iter().all(|result| *result == Ok(first)), "{results:?}");
    }

    fn what_is_written_stays_written(home: TestDb) {
        let mut city = City::found(home);
        city.listed(2, 'A');
        city.seal();
        for sql in [
            "UPDATE journal SET kind = 'x'",
            "UPDATE journal SET seq = 7",
            "DELETE FROM journal_subject",
            "DELETE FROM journal",
            "UPDATE card_step SET n = 9",
            "DELETE FROM card_step",
        ] {
            let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| city.home.by_hand(sql)));
            assert!(refused.is_err(), "{sql} was not refused");
        }
        assert_eq!(city.verify(), []);
    }
}

/// Lets jobs pile up behind one that takes its time, so that the next group is theirs.
fn piled_up(
    home: &TestDb,
    jobs: usize,
    job: impl Fn(&mut store::Tx<'_>, usize) -> Result<(), Error> + Send + Sync + Copy + 'static,
) -> Vec<Result<(), Error>> {
    let first = home.db.clone();
    let slow = std::thread::spawn(move || {
        first.write_now(Lane::Staff, |_| {
            std::thread::sleep(std::time::Duration::from_millis(150));
            Ok::<_, Error>(())
        })
    });
    std::thread::sleep(std::time::Duration::from_millis(30));
    let waiting: Vec<_> = (0..jobs)
        .map(|n| {
            let db = home.db.clone();
            std::thread::spawn(move || db.write_now(Lane::Staff, move |tx| job(tx, n)))
        })
        .collect();
    slow.join().unwrap().unwrap();
    waiting.into_iter().map(|one| one.join().unwrap()).collect()
}

#[test]
fn when_sqlite_rolls_back_by_itself_the_neighbours_are_run_again() {
    let home = TestDb::sqlite();
    home.by_hand(
        "CREATE TRIGGER boom BEFORE INSERT ON meta WHEN NEW.name = 'n5'
         BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END",
    );
    let results = piled_up(&home, 12, |tx, n| store::meta::set(tx, &format!("n{n}"), "1"));
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result.is_ok(), n != 5, "{n}: {result:?}");
        let name = format!("n{n}");
        let found = home.db.read_now(move |reader| store::meta::get(reader, &name)).unwrap();
        assert_eq!(found.is_some(), n != 5, "{n}");
    }
}

#[test]
fn staff_notice_nothing_of_a_full_public_queue() {
    let home = TestDb::sqlite();
    let slow = home.db.clone();
    let first = std::thread::spawn(move || {
        slow.write_now(Lane::Public, |_| {
            std::thread::sleep(std::time::Duration::from_millis(400));
            Ok::<_, Error>(())
        })
    });
    std::thread::sleep(std::time::Duration::from_millis(50));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let order = Arc::new(AtomicU32::new(0));
        let public = (0..1_200).map(|_| {
            let order = order.clone();
            home.db.write(Lane::Public, move |_| Ok::<_, Error>(order.fetch_add(1, Ordering::Relaxed)))
        });
        // A write is queued when it is first polled, so all of them are polled once before the staff's.
        let mut waiting = Vec::new();
        let mut refused = 0;
        for mut one in public.map(Box::pin) {
            match one.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
                std::task::Poll::Pending => waiting.push(one),
                std::task::Poll::Ready(answer) => {
                    assert_eq!(answer, Err(Error::Busy));
                    refused += 1;
                }
            }
        }
        let counted = order.clone();
        let staff =
            home.db.write(Lane::Staff, move |_| Ok::<_, Error>(counted.load(Ordering::Relaxed))).await;
        assert_eq!(staff, Ok(0), "the staff's write came before every public one");
        // The runtime lets a task look at no more than 128 answers in one go; the rest is counted here.
        for one in waiting {
            match one.await {
                Ok(_) => {}
                Err(error) => {
                    assert_eq!(error, Error::Busy);
                    refused += 1;
                }
            }
        }
        assert_eq!(refused, 1_200 - 1_024, "what the lane cannot hold is refused");
    });
    first.join().unwrap().unwrap();
}
