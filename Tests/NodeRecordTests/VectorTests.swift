import EthCrypto
import NodeRecord
import Primitives
import TestVectors
import Testing

/// Records and URLs of other implementations and of live networks.
@Suite(.enabled(if: TestVectors.isPresent, "the folder of test vectors is absent"))
struct VectorTests {
    @Test func recordsOfTheSpecification() throws {
        let file = try TestVectors.json("02c-wire-vectors/enr.json")
        let valid = try #require(file["valid"]?.array)
        #expect(valid.count >= 1)
        for vector in valid {
            let text = try #require(vector["text"]?.string)
            let record = try NodeRecord(text: text)
            #expect(record.id.hex == vector["nodeId"]?.string)
            #expect(record.seq == vector["seq"]?.uint64)
            #expect(record.encoded == vector["rlp"]?.bytes)
            #expect(record.description == text)
            let pairs = try #require(vector["pairs"]?.members)
            for (key, value) in pairs {
                let bytes = try #require(record.bytes(of: key))
                let expected = try key == "id" ? Array(#require(value.string).utf8) : #require(value.bytes)
                #expect(Array(bytes) == expected)
            }
            let key = try PrivateKey(hex: #require(vector["key"]?.string))
            #expect(try NodeRecordDraft(record).signed(seq: record.seq, by: key) == record)
        }
        let invalid = try #require(file["invalid"]?.array)
        #expect(invalid.count >= 4)
        for vector in invalid {
            let text = try #require(vector["text"]?.string)
            #expect(throws: NodeRecordError.self, "\(vector["reason"]?.string ?? "")") { try NodeRecord(text: text) }
        }
    }

    @Test func enodeURLs() throws {
        let vectors = try #require(TestVectors.json("02c-wire-vectors/enode-urls.json")["tests"]?.array)
        #expect(vectors.count >= 14)
        for vector in vectors {
            let text = try #require(vector["url"]?.string)
            guard vector["error"] == nil else {
                #expect(throws: EnodeURL.ParseError.self) { try EnodeURL(text) }
                continue
            }
            let url = try EnodeURL(text)
            let host =
                vector["ip"]?.string.flatMap { IPAddress($0) }.map { EnodeURL.Host.address($0) }
                ?? vector["hostname"]?.string.map { .name($0) }
            #expect(url.host == host)
            #expect(url.tcpPort == vector["tcp"]?.uint64.map { UInt16(truncatingIfNeeded: $0) })
            #expect(url.udpPort == vector["udp"]?.uint64.map { UInt16(truncatingIfNeeded: $0) })
            #expect(url.description == text)
        }
    }

    /// Every record was checked by independent code when the files were made: "<id> <seq> <text>" a line.
    @Test(arguments: [
        ("enr-2020-02-latest.txt.gz", 3111), ("enr-2020-02-older-seqs.txt.gz", 1200), ("enr-quai-2023.txt.gz", 400),
        ("enr-mainnet-2026-06.txt", 23), ("enr-hoodi-2026-06.txt", 9),
    ])
    func recordsOfLiveNetworks(_ file: String, _ count: Int) throws {
        let lines = try TestVectors.lines("07-discovery/" + file).filter { !$0.hasPrefix("#") }
        #expect(lines.count == count)
        var withFork = 0
        for line in lines {
            let parts = line.split(separator: " ")
            try #require(parts.count == 3)
            let record = try NodeRecord(text: parts[2])
            #expect(record.id.hex == parts[0])
            #expect(record.seq == UInt64(parts[1]))
            #expect(record.description == parts[2])
            if record.ethEntry != nil { withFork += 1 }
        }
        #expect(withFork > count / 2)
    }
}
