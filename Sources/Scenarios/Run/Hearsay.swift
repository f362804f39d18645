import PeerBook
import Primitives

/// Whether honest nodes forget where honest nodes are: a node that was reached at an address isn't dialed at another one
/// because somebody says so. Nodes don't move in a simulation.
struct Hearsay {
    private struct Pair: Hashable {
        let by: Int
        let of: Int
    }

    struct Case: Hashable {
        let by: Int
        let of: Int
        let endpoint: Endpoint
        let at: Double
    }

    /// Who has dialed whom, where he is; a node that starts anew may have forgotten it.
    private var proved: Set<Pair> = []
    private var dialed: [Pair: Endpoint] = [:]
    private(set) var count = 0
    private(set) var first: Case?

    /// A decision of an honest node about an honest one that is at `endpoint`.
    mutating func note(_ event: PeerEvent, by: Int, of: Int, at endpoint: Endpoint, _ second: Double) {
        let pair = Pair(by: by, of: of)
        switch event {
        case .dialing(_, let address, _):
            dialed[pair] = address
            guard address != endpoint, proved.contains(pair) else { return }
            count += 1
            first = first ?? Case(by: by, of: of, endpoint: address, at: second)
        case .connected(_, isInbound: false): if dialed[pair] == endpoint { proved.insert(pair) }
        default: break
        }
    }

    mutating func restarted(_ node: Int) { proved = proved.filter { $0.by != node } }
}

extension Hearsay.Case: CustomStringConvertible {
    var description: String { "node \(by) dials node \(of) at \(endpoint), at \(Text.short(at)) s" }
}
