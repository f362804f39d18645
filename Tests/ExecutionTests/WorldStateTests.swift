import Chain
import EthCrypto
import Execution
import KeyValue
import Primitives
import SansIO
import Storage
import Testing
import Trie

struct WorldStateTests {
    let store = MemoryStore()
    var chain: ChainStore { ChainStore(store) }

    private func commit(_ state: inout WorldState) throws -> Hash32 {
        var batch = WriteBatch()
        let root = try state.commit(into: &batch)
        store.write(batch, durable: false)
        return root
    }

    @Test func anEmptyStateHasTheEmptyRoot() throws {
        var state = WorldState(chain: chain)
        #expect(try state.root() == .emptyTrieRoot)
        #expect(try state.account(Address()) == nil)
        try state.add(5, to: Address())
        #expect(try state.root() != .emptyTrieRoot)
        try state.setAccount(nil, at: Address())
        #expect(try state.root() == .emptyTrieRoot)
    }

    @Test func accountsSlotsAndCodeComeBack() throws {
        let address = Address(repeating: 1)
        let other = Address(repeating: 2)
        var state = WorldState(chain: chain)
        try state.setAccount(Account(nonce: 3, balance: 9), at: address)
        try state.setCode([1, 2, 3], of: address)
        try state.setSlot(.zero, of: address, to: 5)
        try state.setSlot(.emptyCodeHash, of: address, to: UInt256.max)
        try state.add(1, to: other)
        let root = try commit(&state)
        // The same value goes on, and another one is read from the store.
        var read = WorldState(root: root, chain: chain)
        for _ in 0..<2 {
            #expect(try read.account(address)?.nonce == 3)
            #expect(try read.account(address)?.balance == 9)
            #expect(try read.account(other) == Account(balance: 1))
            #expect(try read.code(of: address) == [1, 2, 3])
            #expect(try read.code(of: other) == [])
            #expect(try read.slot(.zero, of: address) == 5)
            #expect(try read.slot(.emptyCodeHash, of: address) == UInt256.max)
            #expect(try read.slot(.emptyListHash, of: address) == 0)
            #expect(try read.slot(.zero, of: other) == 0)
            swap(&read, &state)
        }
        // Changed again, by both.
        for index in 0..<2 {
            var next = index == 0 ? state : read
            try next.setSlot(.zero, of: address, to: 0)
            try next.setSlot(.emptyListHash, of: address, to: 8)
            let changed = try commit(&next)
            var again = WorldState(root: changed, chain: chain)
            #expect(try again.slot(.zero, of: address) == 0)
            #expect(try again.slot(.emptyListHash, of: address) == 8)
            #expect(try again.slot(.emptyCodeHash, of: address) == UInt256.max)
        }
    }

    @Test func rootsInBetweenLoseNothing() throws {
        let address = Address(repeating: 1)
        var state = WorldState(chain: chain)
        try state.add(1, to: address)
        try state.setSlot(.zero, of: address, to: 5)
        _ = try state.root()
        try state.setSlot(.emptyCodeHash, of: address, to: 6)
        let between = try state.root()
        #expect(try commit(&state) == between)
        var read = WorldState(root: between, chain: chain)
        #expect(try read.slot(.zero, of: address) == 5)
        #expect(try read.slot(.emptyCodeHash, of: address) == 6)
    }

    @Test func anAccountThatComesBackHasNoOldStorage() throws {
        let address = Address(repeating: 1)
        var state = WorldState(chain: chain)
        try state.add(1, to: address)
        try state.setSlot(.zero, of: address, to: 5)
        _ = try commit(&state)
        try state.setAccount(nil, at: address)
        try state.add(2, to: address)
        #expect(try state.slot(.zero, of: address) == 0)
        try state.setSlot(.emptyCodeHash, of: address, to: 1)
        let root = try commit(&state)
        var read = WorldState(root: root, chain: chain)
        #expect(try read.slot(.zero, of: address) == 0)
        #expect(try read.slot(.emptyCodeHash, of: address) == 1)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func rollingBackRestoresTheRoot(seed: UInt64) throws {
        var random = NodeRandom(seed: seed)
        var state = WorldState(chain: chain)
        for index in 0..<5 as Range<UInt8> {
            try state.add(UInt256(UInt64(index)), to: Address(repeating: index))
            try state.setSlot(.zero, of: Address(repeating: index), to: 1)
        }
        _ = try commit(&state)
        let root = try state.root()
        for _ in 0..<10 {
            let outer = state.snapshot()
            var inner: WorldState.Snapshot?
            var expected: UInt256?
            let probe = Address(repeating: UInt8.random(in: 0..<8, using: &random))
            for step in 0..<10 {
                let address = Address(repeating: UInt8.random(in: 0..<8, using: &random))
                switch Int.random(in: 0..<4, using: &random) {
                case 0: try state.add(7, to: address)
                case 1: try state.setAccount(nil, at: address)
                case 2: try state.setCode([UInt8(step)], of: address)
                default: try state.setSlot(.zero, of: address, to: UInt256(UInt64(step)))
                }
                if step == 4 {
                    inner = state.snapshot()
                    expected = try state.account(probe)?.balance
                }
            }
            if let inner { state.roll(backTo: inner) }
            #expect(try state.account(probe)?.balance == expected)
            state.roll(backTo: outer)
            for index in 0..<5 as Range<UInt8> {
                #expect(try state.account(Address(repeating: index))?.balance == UInt256(UInt64(index)))
                #expect(try state.slot(.zero, of: Address(repeating: index)) == 1)
            }
            #expect(try state.root() == root)
        }
    }

    @Test func damagedAccountsAreErrors() throws {
        let address = Address(repeating: 1)
        var trie = MerkleTrie()
        try trie.set(Keccak256.hash(address).bytes, to: [1, 2, 3])
        let (root, nodes) = trie.commit()
        var batch = WriteBatch()
        batch.put(stateNodes: nodes)
        store.write(batch, durable: false)
        var state = WorldState(root: root, chain: chain)
        #expect(throws: ExecutionError.malformedState(address)) { try state.account(address) }
        var missing = WorldState(chain: chain)
        try missing.setAccount(Account(codeHash: .zero), at: address)
        #expect(throws: ExecutionError.malformedState(address)) { try missing.code(of: address) }
    }

    @Test func theSameChangesMakeTheSameBatch() throws {
        func batch(_ order: [UInt8]) throws -> [WriteBatch.Change] {
            var state = WorldState(chain: ChainStore(MemoryStore()))
            for index in order {
                try state.add(UInt256(UInt64(index)), to: Address(repeating: index))
                try state.setCode([index], of: Address(repeating: index))
                try state.setSlot(.zero, of: Address(repeating: index), to: 1)
            }
            var batch = WriteBatch()
            _ = try state.commit(into: &batch)
            return batch.changes
        }
        let order = Array(1...50 as ClosedRange<UInt8>)
        #expect(try batch(order) == batch(order.reversed()))
    }
}
