import SansIO

/// Nodes that take part in a swarm to keep blocks from the others.
struct Adversary: Sendable {
    let attack: AttackScenario.Kind
    /// The nodes from this one on are the attacker's.
    let firstNode: Int
    /// From when on a covert flash is silent.
    let silentFrom: Instant
    private var announced: Set<UInt64> = []

    init(_ attack: AttackScenario.Kind, firstNode: Int, silentFrom: Instant) {
        self.attack = attack
        self.firstNode = firstNode
        self.silentFrom = silentFrom
    }

    /// Whether a node's message is never sent.
    func suppresses(_ kind: RelayMessageKind, of node: Int, _ now: Instant) -> Bool {
        guard node >= firstNode else { return false }
        return switch (attack, kind) {
        case (.covertFlash, _): now >= silentFrom
        case (.coldBoot, .block), (.coldBoot, .part), (.coldBoot, .announcement): true
        case (.falseAnnouncements, .block), (.falseAnnouncements, .part): true
        case (.coldBoot, _), (.falseAnnouncements, _): false
        }
    }

    /// Whether a node announces a block now that it has just got: once.
    mutating func announces(_ block: Int, at node: Int, _ now: Instant) -> Bool {
        guard attack == .falseAnnouncements, node >= firstNode else { return false }
        return announced.insert(UInt64(block) << 32 | UInt64(node)).inserted
    }
}
