import Chain
import Primitives

/// Finds the last block that a peer's chain shares with the local one.
///
/// The first request compares the local chain's last headers with the peer's and reaches beyond them, so that in the
/// common case its answer ends the search and begins the download. Otherwise each request compares points evenly apart
/// in what is left between the highest block known to be common and the lowest known not to be: with 128 points that
/// takes three requests for two million blocks.
///
/// The peer may lie. Then the search ends at a block that is known here nevertheless, and what the peer sends next
/// doesn't follow from it.
struct AncestorSearch: Sendable {
    /// What to ask for: `limit` canonical headers from `start` on, `step` numbers apart.
    struct Probe: Hashable, Sendable {
        var start: UInt64
        var step: UInt64
        var limit: Int
    }

    enum Step: Hashable, Sendable {
        case ask(Probe)
        /// The common ancestor, and headers that follow it.
        case found(BlockReference, followers: [Header])
    }

    private let limits: DownloadLimits
    /// The highest block known to be common.
    private var low: BlockReference
    /// The lowest number known not to be common.
    private var high: UInt64
    private(set) var probe: Probe

    /// - Parameters:
    ///   - genesis: which is common: peers of another one are not connected.
    ///   - top: the highest number that both chains may have.
    init(genesis: BlockReference, top: UInt64, limits: DownloadLimits) {
        self.limits = limits
        low = genesis
        let (above, overflow) = top.addingReportingOverflow(1)
        high = overflow ? .max : above
        let start = top >= limits.overlap ? top - limits.overlap + 1 : 0
        probe = Probe(start: max(start, genesis.number &+ 1), step: 1, limit: limits.headersPerRequest)
    }

    /// Whether headers are an answer to the probe: not more than asked for, with the right numbers, and linked where
    /// they are adjacent.
    func accepts(_ headers: [Header], hashes: [Hash32]) -> Bool {
        guard headers.count <= probe.limit else { return false }
        var number = probe.start
        for (index, header) in headers.enumerated() {
            guard header.number == number else { return false }
            if index > 0, probe.step == 1, header.parentHash != hashes[index - 1] { return false }
            number = number.addingReportingOverflow(probe.step).partialValue
        }
        if let first = headers.first, probe.start == low.number + 1, first.parentHash != low.hash { return false }
        return true
    }

    /// Goes on after an accepted answer.
    ///
    /// - Parameter known: the index of the last of the headers that the local store has; nil for none.
    mutating func narrow(_ headers: [Header], hashes: [Hash32], known: Int?) -> Step {
        let next = known.map { $0 + 1 } ?? 0
        if let known { low = BlockReference(number: headers[known].number, hash: hashes[known]) }
        if probe.step == 1, known != nil || probe.start == low.number + 1 {
            return .found(low, followers: Array(headers[next...]))
        }
        if next < headers.count {
            high = headers[next].number
        } else if headers.count < probe.limit {
            // The peer has nothing at the next point.
            high = min(high, headers.isEmpty ? probe.start : low.number + probe.step)
        }
        return ask()
    }

    private mutating func ask() -> Step {
        let between = high > low.number ? high - low.number - 1 : 0
        guard between > 0 else { return .found(low, followers: []) }
        if between <= UInt64(limits.headersPerRequest) {
            probe = Probe(start: low.number + 1, step: 1, limit: limits.headersPerRequest)
        } else {
            let step = between / (limits.searchPoints + 1) + 1
            let points = min(limits.searchPoints, between / step)
            probe = Probe(start: low.number + step, step: step, limit: Int(clamping: points))
        }
        return .ask(probe)
    }
}
