import CBench
import Glibc

/// The times of one contender in nanoseconds for one operation, a sample a round.
struct Timing {
    var samples: [Double] = []

    var median: Double { Self.median(samples) }

    var least: Double { samples.min() ?? .nan }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }

    /// How much of this time the other would have taken: the median over the rounds, in each of which both ran one
    /// after the other.
    func share(of other: Timing) -> Double { Self.median(zip(samples, other.samples).map { $1 / $0 }) }
}

enum Clock {
    /// Of the processor, as long as this thread has it: what else the machine does is left out.
    static var thread: Double { read(CLOCK_THREAD_CPUTIME_ID) }

    /// Of all threads.
    static var process: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

    static var wall: Double { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

/// Runs contenders in turns, so that a change of the machine's speed meets all of them alike.
///
/// - Parameter contenders: each does its operation as often as it is told.
func race(rounds: Int = 15, milliseconds: Double = 20, _ contenders: [(Int) -> Void]) -> [Timing] {
    let counts = contenders.map { contender in
        contender(1)
        var count = 1
        while true {
            let start = Clock.thread
            contender(count)
            let taken = Clock.thread - start
            if taken > 1e6 { return max(1, Int(Double(count) * milliseconds * 1e6 / taken)) }
            count *= 4
        }
    }
    var timings = [Timing](repeating: Timing(), count: contenders.count)
    for _ in 0..<rounds {
        for (index, contender) in contenders.enumerated() {
            let start = Clock.thread
            contender(counts[index])
            timings[index].samples.append((Clock.thread - start) / Double(counts[index]))
        }
    }
    return timings
}

/// As `race` for one.
func time(rounds: Int = 15, milliseconds: Double = 20, _ contender: @escaping (Int) -> Void) -> Timing {
    race(rounds: rounds, milliseconds: milliseconds, [contender])[0]
}

/// Times an operation that needs something new each time, which is made outside of the measurement.
func time<T>(rounds: Int, preparing: () -> T, _ body: (inout T) -> Void) -> Timing {
    var timing = Timing()
    for _ in 0..<rounds {
        var fresh = preparing()
        let start = Clock.thread
        body(&fresh)
        timing.samples.append(Clock.thread - start)
    }
    return timing
}

/// Keeps the optimizer from leaving out what made `value`.
@inline(never)
func keep<T>(_ value: T) {
    withUnsafePointer(to: value) { bench_keep($0) }
}
