import DevP2P
import PeerBook
import Primitives
import SansIO

/// What honest nodes hold against honest nodes: nothing that counts as a fact, and nothing that ends a session.
struct Blame {
    struct Case: Hashable {
        let by: Int
        let of: Int
        let offence: Offence
        let at: Double
    }

    private struct Pair: Hashable {
        let by: Int
        let of: Int
    }

    /// Offences by their names.
    private(set) var charges: [String: Int] = [:]
    private(set) var facts = 0
    private(set) var firstFact: Case?
    /// Sessions that were ended for an offence.
    private(set) var ended = 0
    private(set) var firstEnded: Case?
    private var last: [Pair: Offence] = [:]
    /// The peer that is about to make room for another.
    private var rotated: Pair?

    /// A decision of an honest node about an honest one.
    mutating func note(_ event: PeerEvent, by: Int, of: Int, _ table: ReputationTable, at second: Double) {
        let pair = Pair(by: by, of: of)
        switch event {
        case .offence(_, let offence, _):
            charges["\(offence)", default: 0] += 1
            last[pair] = offence
            guard !table[offence].isSubjective else { return }
            facts += 1
            firstFact = firstFact ?? Case(by: by, of: of, offence: offence, at: second)
        case .rotated: rotated = pair
        case .disconnected(_, let cause):
            defer { rotated = nil }
            guard rotated != pair, let offence = offence(behind: cause, of: pair) else { return }
            ended += 1
            firstEnded = firstEnded ?? Case(by: by, of: of, offence: offence, at: second)
        default: break
        }
    }

    /// Why a session was ended. A line that is dead, or too slow for what is sent on it, is nobody's doing.
    private func offence(behind cause: CloseCause, of pair: Pair) -> Offence? {
        switch cause {
        case .protocolError: cause.offence
        case .local(let reason): Self.reasons.contains(reason) ? last[pair] : nil
        case .remote, .network, .timeout, .outputOverflow: nil
        }
    }

    /// What a peer is told that has to go for an offence.
    private static let reasons = Set(Offence.allCases.map { ReputationTable.standard[$0].reason })
}

extension Blame.Case: CustomStringConvertible {
    var description: String { "node \(by) charges node \(of) with \(offence) at \(Text.short(at)) s" }
}
