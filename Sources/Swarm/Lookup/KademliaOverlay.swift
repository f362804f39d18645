import Discovery
import NodeRecord
import Primitives
import SansIO

/// Every node has a table of the shape of `KademliaTable`, filled with 16 nodes drawn for each bucket, as a table is that
/// was open for long; searches are those of `Discovery`: the real `Lookup`.
struct KademliaOverlay: Overlay {
    private let population: Population
    private let contacts: [NodeContact]
    private let places: [NodeID: Int]
    private let tables: [[Int32]]

    /// The prefix that a node of the lowest bucket shares with the table's owner: 17 buckets for 256 bits of distance.
    private static let lowestBucketBits = KademliaTable.bucketCount - 1

    init(_ population: Population, random: inout NodeRandom) {
        self.population = population
        contacts = population.ids.map(Self.contact)
        places = Dictionary(uniqueKeysWithValues: contacts.indices.map { [contacts] in (contacts[$0].id, $0) })
        tables = population.ids.indices.map { Self.table($0, population, &random) }
    }

    private static func id(_ prefix: UInt64) -> NodeID {
        NodeID(filledBy: { bytes in bytes.storeBytes(of: prefix.bigEndian, as: UInt64.self) })
    }

    private static func contact(_ prefix: UInt64) -> NodeContact {
        NodeContact(publicKey: PublicKey(), id: id(prefix), ip: .loopback, udpPort: 30_303, tcpPort: 30_303)
    }

    private static func table(_ node: Int, _ population: Population, _ random: inout NodeRandom) -> [Int32] {
        let id = population.ids[node]
        var table: [Int32] = []
        for shared in 0..<lowestBucketBits {
            let flipped = id ^ (1 << UInt64(63 - shared))
            let bucket = population.range(sharing: shared + 1, with: flipped)
            table += bucket.draw(KademliaTable.bucketSize, &random).map { Int32($0) }
        }
        let lowest = population.range(sharing: lowestBucketBits, with: id).filter { $0 != node }
        return table + lowest.prefix(KademliaTable.bucketSize).map { Int32($0) }
    }

    /// The 16 entries of a node's table that are nearest to a key.
    private func nearest(to key: UInt64, of node: Int) -> [NodeContact] {
        tables[node].sorted { population.ids[Int($0)] ^ key < population.ids[Int($1)] ^ key }
            .prefix(Lookup.resultCount).map { contacts[Int($0)] }
    }

    func search(_ key: UInt64, from start: Int, _ random: inout NodeRandom) -> SearchOutcome {
        var outcome = SearchOutcome()
        let first = nearest(to: key, of: start)
        var lookup = Lookup(target: Self.id(key), localID: contacts[start].id, start: first)
        /// How many referrals lead to a node.
        var depths = [contacts[start].id: 0]
        for contact in first { depths[contact.id] = 1 }
        var underWay: [(due: Duration, contact: NodeContact)] = []
        while true {
            while let contact = lookup.next() {
                let isAlive = places[contact.id].map(population.isAlive) ?? false
                let wait = isAlive ? population.scenario.roundTrip : population.scenario.timeout
                underWay.append((outcome.duration + wait, contact))
            }
            guard let place = underWay.indices.min(by: { underWay[$0].due < underWay[$1].due }) else { break }
            let (due, contact) = underWay.remove(at: place)
            outcome.duration = due
            if let node = places[contact.id], population.isAlive(node) {
                let named = nearest(to: key, of: node)
                outcome.ask(naming: named.count)
                let depth = (depths[contact.id] ?? 0) + 1
                for other in named where depths[other.id] == nil { depths[other.id] = depth }
                lookup.received(named)
            } else {
                outcome.ask(naming: nil)
            }
            lookup.ended(contact.id)
        }
        let target = contacts[population.nearestAlive { $0 ^ key }].id
        outcome.isFound = target == contacts[start].id || lookup.result.contains { $0.id == target }
        outcome.hops = depths[target] ?? 0
        return outcome
    }
}
