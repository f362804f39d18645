import Chain
import Primitives
import RLP
import TestVectors
import Testing

@testable import Chain

@Suite struct ForkIDTests {
    @Test func crc32() {
        #expect(CRC32.update(0, "123456789".utf8) == 0xcbf4_3926)
        #expect(CRC32.update(CRC32.update(0, "1234".utf8), "56789".utf8) == 0xcbf4_3926)
        #expect(CRC32.update(0, []) == 0)
    }

    @Test func encoding() throws {
        for (hash, next, hex) in [
            (UInt32(0), UInt64(0), "c6840000000080"), (0xdead_beef, 0xbadd_cafe, "ca84deadbeef84baddcafe"),
            (.max, .max, "ce84ffffffff88ffffffffffffffff"),
        ] {
            let forkID = ForkID(hash: hash, next: next)
            #expect(Hex.encode(forkID.rlp) == hex)
            #expect(try ForkID(rlp: forkID.rlp) == forkID)
        }
        #expect(throws: RLPError.self) { try ForkID(rlp: try #require([UInt8](hex: "c58300000080"))) }
        #expect(ForkID(hash: 0x0eb4_40f6, next: 5).description == "0eb440f6/5")
    }

    /// Forks at genesis are left out, equal ones count once.
    @Test func forksAtGenesis() {
        var config = ChainConfig(chainID: 1)
        (config.homesteadBlock, config.eip150Block, config.eip155Block) = (0, 7, 7)
        (config.shanghaiTime, config.cancunTime, config.pragueTime) = (100, 101, 300)
        let schedule = ForkSchedule(config: config, genesisHash: .zero, genesisTime: 100)
        #expect(schedule.forks == [7, 101, 300])
        #expect(schedule.forkIDs.map(\.forkID.next) == [7, 101, 300, 0])
        #expect(schedule.forkIDs.map(\.number) == [0, 7, 7, 7])
        #expect(schedule.forkIDs.map(\.time) == [0, 0, 101, 300])
        for (number, time, forkID) in schedule.forkIDs {
            #expect(schedule.forkID(number: number, time: time) == forkID)
        }
    }

    @Test(.enabled(if: TestVectors.isPresent, noVectors), arguments: TestNetworks.names)
    func creationTable(_ name: String) throws {
        let schedule = try TestNetworks.schedule(name, config: try TestNetworks.config(name))
        let rows = try #require(try TestVectors.json("02c-wire-vectors/forkid.json")["creation"]?[name]?.array)
        #expect(rows.count >= 10)
        for row in rows {
            let number = try #require(row["head"]?.uint64)
            let forkID = schedule.forkID(number: number, time: try #require(row["time"]?.uint64))
            #expect(forkID.hash == UInt32(try #require(row["hash"]?.string), radix: 16), "\(row)")
            #expect(forkID.next == row["next"]?.uint64, "\(row)")
        }
        let ids = try #require(try TestNetworks.facts(name)["forkIds"]?.array)
        #expect(schedule.forkIDs.count == ids.count)
        for (entry, expected) in zip(schedule.forkIDs, ids) {
            #expect(entry.forkID.hash == UInt32(try #require(expected["hash"]?.string), radix: 16))
            #expect(entry.forkID.next == expected["next"]?.uint64)
        }
    }

    @Test(.enabled(if: TestVectors.isPresent, noVectors)) func validationTable() throws {
        let config = try TestNetworks.config("mainnet")
        let mainnet = try TestNetworks.schedule("mainnet", config: config)
        let legacy = try TestNetworks.schedule("mainnet", config: config.withoutTimeForks)
        let rows = try #require(try TestVectors.json("02c-wire-vectors/forkid.json")["validation"]?.array)
        #expect(rows.count == 45)
        let verdicts = [
            "ok": ForkCompatibility.compatible, "ErrRemoteStale": .remoteStale,
            "ErrLocalIncompatibleOrStale": .localIncompatibleOrStale,
        ]
        for row in rows {
            let local = row["local"]?.string == "mainnet" ? mainnet : legacy
            let hash = try #require(row["remoteHash"]?.string)
            let remote = ForkID(
                hash: try #require(UInt32(hash, radix: 16)), next: try #require(row["remoteNext"]?.uint64))
            let verdict = local.validate(
                remote: remote, number: try #require(row["head"]?.uint64), time: try #require(row["time"]?.uint64))
            #expect(verdict == verdicts[try #require(row["want"]?.string)], "\(row)")
        }
    }
}
