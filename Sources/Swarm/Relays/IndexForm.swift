import DevP2P
import Gossip

/// A compact block as a peer has sent it, with indices in place of transactions: what `BlockAssembly` fills in a swarm.
struct IndexForm<Message: Sendable>: AssemblyForm {
    /// Indices of the transactions that the node's pool lacks.
    typealias Source = [UInt16]
    typealias Transactions = [UInt16]

    /// What has brought it.
    let message: Message
    let sender: Peer
    /// Ascending.
    let prefilled: [UInt16]
    let repair: RepairSize?
    let load: BlockLoad
    /// Decides whether the sums suffice: with e more than needed decoding fails with probability 2^-e.
    let luck: UInt64

    var state = FormState.new
    var request: FormRequest?
    private var indices: [UInt16] = []
    /// Indices of transactions that were not in the pool and came whole: others may lack them as well.
    private(set) var brought: [UInt16] = []
    /// How many were neither in the pool nor sent along.
    private(set) var lackCount = 0

    init(
        _ message: Message, from sender: Peer, prefilled: [UInt16], repair: RepairSize?, load: BlockLoad, luck: UInt64
    ) {
        self.message = message
        self.sender = sender
        self.prefilled = prefilled
        self.repair = repair
        self.load = load
        self.luck = luck
    }

    var missing: [Int] { indices.map(Int.init) }
    var missingCount: Int { state == .new ? load.transactionCount : indices.count }
    var byteCount: Int { WireSizes.compactBlock(load, prefilled: prefilled.count, repair: repair) }

    mutating func match(_ lacking: [UInt16]) {
        let given = Set(prefilled)
        brought = lacking.filter(given.contains)
        indices = lacking.filter { !given.contains($0) }
        lackCount = indices.count
        if isRepaired { indices = [] }
        state = .open
    }

    /// Whether the sums give what is missing.
    private var isRepaired: Bool {
        guard let repair, !indices.isEmpty else { return false }
        // The sums are of the transactions that have only an id.
        var before = 0
        let named = missing.map { index in
            while before < prefilled.count, prefilled[before] < index { before += 1 }
            return index - before
        }
        let spare = repair.spare(
            lacking: named, of: load.transactionCount - prefilled.count, partsEach: load.partsPerTransaction)
        return spare > 0 && luck.trailingZeroBitCount < spare
    }

    mutating func offer(_ transactions: [UInt16]) {
        guard state != .new, !indices.isEmpty else { return }
        let given = Set(transactions)
        brought += indices.filter(given.contains)
        indices.removeAll(where: given.contains)
    }

    mutating func answered(_ response: [UInt16]) -> Bool {
        offer(response)
        return true
    }

    mutating func refute() { state = .refuted }
}
