import EthCrypto
import NodeRecord
import Primitives
import SansIO
import Testing

@Suite struct LocalNodeRecordTests {
    let key: PrivateKey
    let start = Instant(unixSeconds: 1_700_000_000)

    init() throws { key = try PrivateKey(hex: NodeRecordTests.keyHex) }

    @Test func theFirstNumberIsTheTimeInMilliseconds() throws {
        let local = try LocalNodeRecord(key: key, draft: NodeRecordDraft(), now: start)
        #expect(local.seq == 1_700_000_000_000)
        #expect(local.record.publicKey == key.publicKey)
    }

    @Test func theFirstNumberIsAboveTheStoredOne() throws {
        let behind = try LocalNodeRecord(key: key, draft: NodeRecordDraft(), previousSeq: 7, now: start)
        #expect(behind.seq == 1_700_000_000_000)
        let ahead = try LocalNodeRecord(key: key, draft: NodeRecordDraft(), previousSeq: 1_800_000_000_000, now: start)
        #expect(ahead.seq == 1_800_000_000_001)
        let last = try LocalNodeRecord(key: key, draft: NodeRecordDraft(), previousSeq: .max, now: start)
        #expect(last.seq == .max)
    }

    @Test func onlyAChangeMakesANewRecord() throws {
        var local = try LocalNodeRecord(key: key, draft: NodeRecordDraft(), now: start)
        let first = local.seq
        let set = { (draft: inout NodeRecordDraft) in
            draft.setAddress(IPAddress("1.2.3.4"))
            draft.set("udp", integer: 30303)
        }
        #expect(try local.update(set))
        #expect(local.seq == first + 1)
        #expect(local.record.ip == IPAddress("1.2.3.4"))
        #expect(try !local.update(set))
        #expect(local.seq == first + 1)
        // There and back within one update is no change either.
        #expect(
            try !local.update { draft in
                draft.set("udp", integer: 1)
                draft.set("udp", integer: 30303)
            })
        #expect(try local.update { $0.setAddress(IPAddress("2001:db8::1")) })
        #expect(local.record.ip == nil)
        #expect(local.record.ip6 == IPAddress("2001:db8::1"))
        #expect(try local.update { $0.setAddress(nil) })
        #expect(local.record.endpoint == nil)
        #expect(local.seq == first + 3)
    }

    @Test func aChangeThatDoesNotFitChangesNothing() throws {
        var local = try LocalNodeRecord(key: key, draft: NodeRecordDraft(), now: start)
        let before = local.record
        #expect(throws: NodeRecordError.self) {
            try local.update { $0.set("big", bytes: [UInt8](repeating: 0, count: 300)) }
        }
        #expect(local.record == before)
        // The failed pair isn't kept for the next update.
        #expect(try local.update { $0.set("udp", integer: 1) })
        #expect(local.record.value(of: "big") == nil)
    }
}
