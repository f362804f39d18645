import Discovery
import NodeRecord
import Primitives
import SansIO
import Testing

@Suite struct LookupTests {
    let target = NodeID()
    let local = Sample.id(at: 256, from: NodeID(), salt: 0)

    private func contact(_ distance: Int) -> NodeContact {
        Sample.contact(id: Sample.id(at: distance, from: target, salt: 1), ip: "10.0.0.1")
    }

    @Test func threeAreAskedAtATime() {
        var lookup = Lookup(target: target, localID: local, start: [250, 240, 230, 220].map(contact))
        #expect(lookup.next()?.id == contact(220).id, "the nearest first")
        #expect(lookup.next()?.id == contact(230).id)
        #expect(lookup.next()?.id == contact(240).id)
        #expect(lookup.next() == nil)
        lookup.ended(contact(230).id)
        #expect(lookup.next()?.id == contact(250).id)
        #expect(!lookup.isFinished)
        for distance in [220, 240, 250] { lookup.ended(contact(distance).id) }
        #expect(lookup.isFinished)
        #expect(lookup.queryCount == 4)
        #expect(lookup.result.map(\.id) == [220, 230, 240, 250].map { contact($0).id })
    }

    @Test func nearerNodesAreAskedNext() {
        var lookup = Lookup(target: target, localID: local, start: [250].map(contact))
        #expect(lookup.next()?.id == contact(250).id)
        lookup.received([contact(251), contact(200), contact(250), contact(200)])
        #expect(lookup.next()?.id == contact(200).id)
        #expect(lookup.next()?.id == contact(251).id)
        #expect(lookup.next() == nil, "everyone is asked once")
        #expect(lookup.result.count == 3)
    }

    @Test func onlySixteenAreKept() {
        var lookup = Lookup(target: target, localID: local, start: (200..<230).map(contact))
        #expect(lookup.result.map(\.id) == (200..<216).map { contact($0).id })
        lookup.received([contact(240), contact(100)])
        #expect(lookup.result.map(\.id) == ([100] + (200..<215)).map { contact($0).id })
        while let next = lookup.next() { lookup.ended(next.id) }
        #expect(lookup.queryCount == 16)
        #expect(lookup.isFinished)
    }

    @Test func theNodeItselfIsNotAsked() {
        var lookup = Lookup(target: target, localID: local, start: [Sample.contact(id: local, ip: "10.0.0.1")])
        #expect(lookup.isFinished)
        #expect(lookup.next() == nil)
    }

    /// A peer that invents a nearer node in each answer keeps the lookup busy only so long.
    @Test func inventedNodesDoNotGoOnForever() {
        var lookup = Lookup(target: target, localID: local, start: [contact(256)])
        var distance = 256
        var salt: UInt64 = 0
        var asked = 0
        while let next = lookup.next() {
            asked += 1
            if distance > 1 { distance -= 1 }
            salt += 1
            lookup.received([Sample.contact(id: Sample.id(at: distance, from: target, salt: salt), ip: "10.0.0.1")])
            lookup.ended(next.id)
        }
        #expect(asked == Lookup.maxQueries)
        #expect(lookup.isFinished)
    }
}
