import Discovery
import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

@Suite struct KademliaTableTests {
    let local = Sample.id(at: 256, from: NodeID(), salt: 1)
    var table: KademliaTable
    var random = NodeRandom(seed: 1)
    let now = Sample.start

    init() { table = KademliaTable(localID: local) }

    private func contact(_ distance: Int, _ salt: UInt64, _ ip: String = "10.0.0.1") -> NodeContact {
        Sample.contact(id: Sample.id(at: distance, from: local, salt: salt), ip: ip)
    }

    @discardableResult
    private mutating func add(
        _ contact: NodeContact, _ source: KademliaTable.Source = .found, isLive: Bool = false
    ) -> KademliaTable.Admission {
        table.add(contact, from: source, isLive: isLive, now: now, random: &random)
    }

    @Test(arguments: [(1, 0), (239, 0), (240, 0), (241, 1), (242, 2), (255, 15), (256, 16)])
    func bucketsFollowTheDistance(_ distance: Int, _ bucket: Int) {
        #expect(table.bucketIndex(of: Sample.id(at: distance, from: local, salt: 5)) == bucket)
        #expect(table.bucketIndex(of: local) == 0)
    }

    /// What is added in which order, and what becomes of it: the rules of 4.3 as a list of rounds.
    @Test mutating func admissionRounds() {
        let filler = (0..<16).map { contact(256, UInt64($0)) }
        for contact in filler { #expect(add(contact) == .added) }
        let late = contact(256, 100)
        #expect(add(late) == .replacement, "the bucket is full")
        #expect(add(late) == .replacement, "it waits already")
        #expect(table.replacements(inBucket: 16).map(\.id) == [late.id])
        #expect(add(filler[3]) == .known, "it has its place")
        #expect(add(contact(255, 1)) == .added, "another bucket has room")
        #expect(add(Sample.contact(id: local, ip: "10.0.0.1")) == .refused, "this node itself")
        #expect(add(contact(254, 1, "0.0.0.0")) == .refused, "an address of nobody")
        #expect(add(contact(254, 1, "224.0.0.1")) == .refused, "an address of many")
        #expect(add(Sample.contact(id: contact(254, 1).id, ip: "10.0.0.1", port: 0)) == .refused, "no port")
        #expect(table.count == 17)
        #expect(table.liveCount == 0)
        #expect(table.entries.map(\.contact.id) == [contact(255, 1).id] + filler.map(\.id), "places are kept")
    }

    @Test mutating func theOldestReplacementGivesWay() {
        for salt in 0..<16 { add(contact(256, UInt64(salt))) }
        let waiting = (100..<112).map { contact(256, UInt64($0)) }
        for contact in waiting { #expect(add(contact) == .replacement) }
        #expect(table.replacements(inBucket: 16).map(\.id) == waiting.suffix(10).reversed().map(\.id))
    }

    @Test mutating func aThirdPartyCannotMoveANode() throws {
        let known = contact(256, 1, "1.2.3.4")
        add(known, .firstHand, isLive: true)
        var elsewhere = known
        elsewhere.ip = try #require(IPAddress("9.9.9.9"))
        #expect(add(elsewhere, .found) == .known)
        #expect(table[known.id]?.contact == known)
        #expect(table[known.id]?.isLive == true)
        #expect(add(elsewhere, .firstHand) == .moved)
        #expect(table[known.id]?.contact == elsewhere)
        #expect(table[known.id]?.isLive == false, "the new endpoint has to answer first")
        #expect(table.liveCount == 0)
        #expect(add(elsewhere, .firstHand, isLive: true) == .known)
        #expect(table[known.id]?.isLive == true)
        #expect(table.liveCount == 1)
    }

    @Test mutating func anOlderRecordDoesNotReplaceANewerOne() throws {
        let key = Sample.key(5)
        var draft = NodeRecordDraft()
        draft.setAddress(IPAddress("1.2.3.4"))
        draft.set("udp", integer: 30303)
        draft.set("tcp", integer: 30304)
        let old = try #require(NodeContact(draft.signed(seq: 1, by: key)))
        let new = try #require(NodeContact(draft.signed(seq: 2, by: key)))
        add(new)
        #expect(add(old, .found) == .known)
        #expect(table[new.id]?.contact.record?.seq == 2)
        // First hand, but without a record: what is known of the record stays.
        let bare = NodeContact(publicKey: key.publicKey, ip: new.ip, udpPort: 30303, tcpPort: 0)
        #expect(add(bare, .firstHand) == .known)
        #expect(table[new.id]?.contact == new)
    }

    struct SubnetRow: Sendable {
        let distance: Int
        let ip: String
        let expected: KademliaTable.Admission
    }

    @Test mutating func subnetsAreLimited() {
        let rows: [SubnetRow] = [
            SubnetRow(distance: 256, ip: "5.5.5.1", expected: .added),
            SubnetRow(distance: 256, ip: "5.5.5.2", expected: .added),
            SubnetRow(distance: 256, ip: "5.5.5.3", expected: .refused),
            SubnetRow(distance: 256, ip: "5.5.6.3", expected: .added),
            SubnetRow(distance: 255, ip: "5.5.5.3", expected: .added),
            SubnetRow(distance: 255, ip: "5.5.5.1", expected: .added),
            SubnetRow(distance: 255, ip: "5.5.5.1", expected: .refused),
            SubnetRow(distance: 254, ip: "5.5.5.4", expected: .added),
            SubnetRow(distance: 254, ip: "5.5.5.4", expected: .added),
            SubnetRow(distance: 253, ip: "5.5.5.4", expected: .added),
            SubnetRow(distance: 253, ip: "5.5.5.4", expected: .added),
            SubnetRow(distance: 252, ip: "5.5.5.4", expected: .added),
            SubnetRow(distance: 252, ip: "5.5.5.4", expected: .added),
            // Ten of 5.5.5.0/24 are in the table.
            SubnetRow(distance: 251, ip: "5.5.5.4", expected: .refused),
            SubnetRow(distance: 251, ip: "5.5.4.4", expected: .added),
            // A /24 of IPv6 as well.
            SubnetRow(distance: 250, ip: "2001:41::1", expected: .added),
            SubnetRow(distance: 250, ip: "2001:4f::1", expected: .added),
            SubnetRow(distance: 250, ip: "2001:40::1", expected: .refused),
            SubnetRow(distance: 250, ip: "2001:141::1", expected: .added),
            // The local network is exempt.
            SubnetRow(distance: 249, ip: "127.0.0.1", expected: .added),
            SubnetRow(distance: 249, ip: "127.0.0.1", expected: .added),
            SubnetRow(distance: 249, ip: "127.0.0.1", expected: .added),
            SubnetRow(distance: 248, ip: "192.168.3.4", expected: .added),
            SubnetRow(distance: 248, ip: "192.168.3.4", expected: .added),
            SubnetRow(distance: 248, ip: "192.168.3.5", expected: .added),
            SubnetRow(distance: 248, ip: "fe80::1", expected: .added),
            SubnetRow(distance: 248, ip: "fe80::1", expected: .added),
            SubnetRow(distance: 248, ip: "fe80::2", expected: .added),
        ]
        for (index, row) in rows.enumerated() {
            #expect(add(contact(row.distance, UInt64(index), row.ip)) == row.expected, "row \(index)")
        }
    }

    @Test mutating func aPlaceInASubnetIsGivenBack() {
        let first = contact(256, 1, "5.5.5.1")
        add(first)
        add(contact(256, 2, "5.5.5.2"))
        #expect(add(contact(256, 3, "5.5.5.3")) == .refused)
        table.checkFailed(first.id, at: first.udpEndpoint, now: now, random: &random)
        #expect(table[first.id] == nil)
        #expect(add(contact(256, 3, "5.5.5.3")) == .added)
    }

    @Test mutating func replacementsCountInTheLimits() {
        for salt in 0..<16 { add(contact(256, UInt64(salt))) }
        #expect(add(contact(256, 20, "5.5.5.1")) == .replacement)
        #expect(add(contact(256, 21, "5.5.5.2")) == .replacement)
        #expect(add(contact(256, 22, "5.5.5.3")) == .refused)
        // Pushed out by ten newer ones, the first two give their places back.
        for salt in 30..<40 { add(contact(256, UInt64(salt))) }
        #expect(add(contact(256, 22, "5.5.5.3")) == .replacement)
    }

    @Test mutating func aMoveIntoAFullSubnetIsRefused() throws {
        add(contact(256, 1, "5.5.5.1"))
        add(contact(256, 2, "5.5.5.2"))
        let third = contact(256, 3, "6.6.6.6")
        add(third, .firstHand, isLive: true)
        var moved = third
        moved.ip = try #require(IPAddress("5.5.5.3"))
        #expect(add(moved, .firstHand, isLive: true) == .known)
        #expect(table[third.id]?.contact == third)
        // Its old place is still counted: two of 6.6.6.0/24 are the limit.
        #expect(add(contact(256, 4, "6.6.6.7")) == .added)
        #expect(add(contact(256, 5, "6.6.6.8")) == .refused)
    }

    @Test mutating func livenessRounds() {
        let contact = contact(256, 1)
        add(contact)
        func entry() -> TableEntry? { table[contact.id] }
        #expect(entry()?.isLive == false)
        for round in 1...7 {
            table.checkSucceeded(contact.id, at: contact.udpEndpoint, now: now, random: &random)
            #expect(entry()?.livenessChecks == UInt32(round))
            #expect(entry()?.isLive == true)
        }
        table.checkFailed(contact.id, at: contact.udpEndpoint, now: now, random: &random)
        #expect(entry()?.livenessChecks == 2, "a third of seven")
        let elsewhere = Endpoint(ip: .loopback, port: 1)
        table.checkFailed(contact.id, at: elsewhere, now: now, random: &random)
        table.checkSucceeded(contact.id, at: elsewhere, now: now, random: &random)
        #expect(entry()?.livenessChecks == 2, "a check of another endpoint says nothing")
        table.checkFailed(contact.id, at: contact.udpEndpoint, now: now, random: &random)
        #expect(entry() == nil)
        #expect(table.count == 0)
        #expect(table.liveCount == 0)
        #expect(table.deadline == nil)
    }

    @Test mutating func areplacementMovesUp() throws {
        let members = (0..<16).map { contact(256, UInt64($0)) }
        for contact in members { add(contact, isLive: true) }
        let waiting = (100..<105).map { contact(256, UInt64($0)) }
        for contact in waiting { add(contact) }
        let promoted = try #require(
            table.checkFailed(members[0].id, at: members[0].udpEndpoint, now: now, random: &random))
        #expect(waiting.map(\.id).contains(promoted.id))
        #expect(table[promoted.id]?.isLive == false)
        #expect(table.count == 16)
        #expect(table.liveCount == 15)
        #expect(table.replacements(inBucket: 16).count == 4)
        #expect(table.entries.last?.contact.id == promoted.id, "newcomers stand at the end")
    }

    @Test mutating func checksComeFromTwoLists() throws {
        let fast = contact(256, 1)
        let slow = contact(255, 1)
        add(fast)
        add(slow, .firstHand, isLive: true)
        var counts: [NodeID: Int] = [:]
        var now = now
        var last = now
        while now < self.now + .seconds(900) {
            now = try #require(table.deadline)
            #expect(now >= last)
            last = now
            while let contact = table.popCheck(now: now, random: &random) { counts[contact.id, default: 0] += 1 }
        }
        // Means of 1.5 s and 4.5 s.
        let often = try #require(counts[fast.id])
        let seldom = try #require(counts[slow.id])
        #expect((500...720).contains(often))
        #expect((150...260).contains(seldom))
    }
}
