//! The same work for many things on several threads at once. Knows nothing of what the work is.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` for each of `items` on up to `threads` threads; the results are in the order of the items.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { return done };
            done.push((number, work(item)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        // A thread that the system refuses is not needed: this one does what the others leave.
        let more = threads.min(items.len()).saturating_sub(1);
        let helpers: Vec<_> = (0..more)
            .map_while(|_| {
                std::thread::Builder::new().name("requests".into()).spawn_scoped(scope, worker).ok()
            })
            .collect();
        let mut done = worker();
        for helper in helpers {
            match helper.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_and_results_keep_their_places() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [0, 1, 7, 1000] {
            let doubled = in_parallel(&items, threads, |item| item * 2);
            assert_eq!(doubled, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
        assert!(in_parallel(&[0; 0], 4, |item| *item).is_empty());
    }
}
