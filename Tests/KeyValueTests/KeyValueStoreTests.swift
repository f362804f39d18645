import KeyValue
import SansIO
import Testing

/// What every store does.
@Suite struct KeyValueStoreTests {
    @Test(arguments: StoreKind.allCases) func valuesComeBack(kind: StoreKind) throws {
        try kind.with { store in
            #expect(try store.get([1], in: .texts) == nil)
            let big = [UInt8](repeating: 7, count: 1_000_000)
            try store.put([([1], [10]), ([2], []), ([], [3]), ([0xff, 0], big)])
            #expect(try store.get([1], in: .texts) == [10])
            #expect(try store.get([2], in: .texts) == [])
            #expect(try store.get([], in: .texts) == [3])
            #expect(try store.get([0xff, 0], in: .texts) == big)
            try store.put([([1], [11])])
            #expect(try store.get([1], in: .texts) == [11])
        }
    }

    @Test(arguments: StoreKind.allCases) func tablesAreApart(kind: StoreKind) throws {
        try kind.with { store in
            for (index, column) in Column.all.enumerated() { try store.put([([1], [UInt8(index)])], in: column) }
            for (index, column) in Column.all.enumerated() {
                #expect(try store.get([1], in: column) == [UInt8(index)])
                #expect(try store.keys(column) == [[1]])
            }
            var batch = WriteBatch()
            batch.delete(.hashes, [1])
            try store.write(batch, durable: true)
            #expect(try store.get([1], in: .hashes) == nil)
            #expect(try store.get([1], in: .numbers) != nil)
        }
    }

    @Test(arguments: StoreKind.allCases) func changesOfABatchHaveTheirOrder(kind: StoreKind) throws {
        try kind.with { store in
            var batch = WriteBatch()
            batch.put(.texts, [1], [1])
            batch.delete(.texts, [1])
            batch.delete(.texts, [2])
            batch.put(.texts, [2], [2])
            batch.put(.texts, [2], [3])
            batch.delete(.texts, [9])
            #expect(batch.byteCount == 9)
            try store.write(batch, durable: false)
            #expect(try store.get([1], in: .texts) == nil)
            #expect(try store.get([2], in: .texts) == [3])
            #expect(try store.keys() == [[2]])
        }
    }

    @Test(arguments: StoreKind.allCases) func scansFromAnywhere(kind: StoreKind) throws {
        try kind.with { store in
            #expect(try store.keys() == [])
            let keys: [[UInt8]] = [[1], [1, 0], [1, 1], [2], [5, 5], [0xff], [0xff, 0xff]]
            try store.put(keys.reversed().map { ($0, $0) })
            #expect(try store.keys() == keys)
            #expect(try store.keys(reverse: true) == keys.reversed())
            #expect(try store.keys(limit: 2) == [[1], [1, 0]])
            #expect(try store.keys(limit: 0) == [])
            #expect(try store.keys(from: [1, 1]) == Array(keys[2...]))
            #expect(try store.keys(from: [3]) == Array(keys[4...]))
            #expect(try store.keys(from: [0xff, 0xff, 0]) == [])
            #expect(try store.keys(from: [1, 1], reverse: true) == keys[...2].reversed())
            #expect(try store.keys(from: [3], reverse: true, limit: 2) == [[2], [1, 1]])
            #expect(try store.keys(from: [0], reverse: true) == [])
            #expect(try store.keys(from: []) == keys)
        }
    }

    @Test(arguments: StoreKind.allCases) func aScanSeesTheTableAsItWas(kind: StoreKind) throws {
        try kind.with { store in
            try store.put((0..<10).map { ([$0], [$0]) })
            var seen: [UInt8] = []
            try store.scan(.texts, from: [2]) { key, value in
                seen.append(value[0])
                // The body may use the store.
                let written = (try? store.put([([key[0] + 1], [0xee]), ([99], [99])])) != nil
                return written && seen.count < 5
            }
            #expect(seen == [2, 3, 4, 5, 6])
            #expect(try store.get([6], in: .texts) == [0xee])
        }
    }

    @Test(arguments: StoreKind.allCases, [1, 2, 3] as [UInt64])
    func agreesWithADictionary(kind: StoreKind, seed: UInt64) throws {
        try kind.with { store in
            var random = NodeRandom(seed: seed)
            var model: [[UInt8]: [UInt8]] = [:]
            for round in 0..<60 {
                var batch = WriteBatch()
                for _ in 0..<60 {
                    // Rising keys now and then, as numbers of blocks are.
                    let key = round % 3 == 0 ? [0xf0, UInt8(round), UInt8(batch.changes.count)] : random.bytes(2)
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        batch.delete(.numbers, key)
                        model[key] = nil
                    } else {
                        let value = random.bytes(3)
                        batch.put(.numbers, key, value)
                        model[key] = value
                    }
                }
                try store.write(batch, durable: false)
            }
            let sorted = model.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            #expect(try store.keys(.numbers) == sorted.map(\.key))
            #expect(try store.keys(.numbers, reverse: true) == sorted.reversed().map(\.key))
            for (key, value) in sorted { #expect(try store.get(key, in: .numbers) == value) }
            let start = random.bytes(2)
            #expect(
                try store.keys(.numbers, from: start, limit: 50)
                    == Array(sorted.map(\.key).filter { !$0.lexicographicallyPrecedes(start) }.prefix(50)))
            #expect(
                try store.keys(.numbers, from: start, reverse: true, limit: 50)
                    == Array(sorted.map(\.key).filter { !start.lexicographicallyPrecedes($0) }.reversed().prefix(50)))
        }
    }

    @Test func memoryStoreCounts() {
        let store = MemoryStore()
        var batch = WriteBatch()
        for index in 0..<1000 { batch.put(.texts, [UInt8(index >> 8), UInt8(index & 255)], [1]) }
        batch.delete(.texts, [0, 5])
        batch.delete(.texts, [0, 5])
        store.write(batch, durable: false)
        #expect(store.count(.texts) == 999)
        #expect(store.count(.hashes) == 0)
    }
}
