import KeyValue
import Simulator
import Storage
import Testing

@Suite("Simulated disks")
struct DiskTests {
    private static func batch(_ key: UInt8, _ value: UInt8?) -> WriteBatch {
        var batch = WriteBatch()
        if let value {
            batch.put(.metadata, [key], [value])
        } else {
            batch.delete(.metadata, [key])
        }
        return batch
    }

    @Test func whatWasNotSyncedIsLost() throws {
        let disk = SimulatedDisk(sharing: SharedBytes())
        try disk.write(Self.batch(1, 10), durable: false)
        try disk.write(Self.batch(2, 20), durable: true)
        try disk.write(Self.batch(1, 11), durable: false)
        try disk.write(Self.batch(2, nil), durable: false)
        try disk.write(Self.batch(3, 30), durable: false)
        try disk.write(Self.batch(1, 12), durable: false)
        #expect(disk.get([1], in: .metadata) == [12] && disk.get([2], in: .metadata) == nil)
        disk.loseUnsynced()
        #expect(disk.get([1], in: .metadata) == [10])
        #expect(disk.get([2], in: .metadata) == [20])
        #expect(disk.get([3], in: .metadata) == nil)
    }

    @Test func writesCanFail() throws {
        let disk = SimulatedDisk()
        disk.refusesWrites = true
        #expect(throws: StorageError.diskFull(reason: "simulated")) { try disk.write(Self.batch(1, 1), durable: true) }
        #expect(disk.get([1], in: .metadata) == nil)
        disk.refusesWrites = false
        try disk.write(Self.batch(1, 1), durable: true)
        var seen: [[UInt8]] = []
        disk.scan(.metadata, from: nil, reverse: false, limit: 9) { key, _ in
            seen.append(key)
            return true
        }
        #expect(seen == [[1]])
    }
}
