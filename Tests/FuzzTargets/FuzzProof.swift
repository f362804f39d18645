import EthCrypto
import Primitives
import Trie

/// Proofs of keys and of ranges: true ones, true ones with a lie in them, and any bytes as nodes.
///
/// Whatever a proof says, what it is believed to say is what the trie holds.
public func fuzzProof(_ bytes: [UInt8]) throws(BrokenProperty) {
    try believeAnyNodes(FuzzInput(bytes))
    var input = FuzzInput(bytes)
    var program = ProofProgram(&input)
    for _ in 0..<8 where !input.isAtEnd {
        if input.bool() { try program.proveKey(&input) } else { try program.proveRange(&input) }
    }
}

/// The bytes as nodes under the hash of the first: a trie that its author could make up.
private func believeAnyNodes(_ start: FuzzInput) throws(BrokenProperty) {
    var input = start
    let key = input.bytes(1 + input.choice(4))
    let last = input.bytes(key.count)
    var nodes: [[UInt8]] = []
    while !input.isAtEnd, nodes.count < 16 { nodes.append(RLPMender.mend(input.bytes(1 + Int(input.byte())))) }
    let root = Keccak256.hash(nodes.first ?? [])
    let found = try? Proof.verify(key, root: root, nodes: nodes)
    try require(found?.isEmpty != true, "an empty value is proven")
    _ = try? RangeProof.verify(root: root, first: key, keys: [], values: [], nodes: nodes)
    for keys in [[key], [last], [key, last]] {
        _ = try? RangeProof.verify(root: root, first: key, keys: keys, values: keys, nodes: nodes)
    }
}

/// A trie of the input's making, of keys of one length, and what is claimed about it.
private struct ProofProgram {
    private typealias Entry = (key: [UInt8], value: [UInt8])

    private let entries: [Entry]
    private let keyLength: Int
    private var trie = MerkleTrie()

    init(_ input: inout FuzzInput) {
        keyLength = 1 + input.choice(4)
        var values: [[UInt8]: [UInt8]] = [:]
        // One at least: of an empty trie there is nothing that a node could prove.
        for _ in 0...input.choice(32) {
            let key = Self.key(&input, keyLength)
            values[key] = Array(repeating: 1 + input.byte() / 2, count: 1 + input.choice(48))
        }
        entries = values.map { ($0.key, $0.value) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (key, value) in entries { try? trie.set(key, to: value) }
    }

    /// Keys out of few nibbles, so that they share their beginnings.
    private static func key(_ input: inout FuzzInput, _ length: Int) -> [UInt8] {
        let bytes = input.bytes(length).map { $0 & 0x8 == 0 ? $0 & 0x33 : $0 }
        return bytes + Array(repeating: 0, count: length - bytes.count)
    }

    mutating func proveKey(_ input: inout FuzzInput) throws(BrokenProperty) {
        let key = Self.key(&input, keyLength)
        let root = trie.rootHash()
        guard let proof = try? trie.proof(of: key) else { throw BrokenProperty("a key can't be proven") }
        let held = entries.first { $0.key == key }?.value
        try require(Self.verify(key, root, proof) == .success(held), "a true proof is refused or says something else")
        if case .success(let believed) = Self.verify(key, root, Self.lie(about: proof, &input)) {
            try require(believed == held, "a proof with a lie in it is believed")
        }
    }

    mutating func proveRange(_ input: inout FuzzInput) throws(BrokenProperty) {
        let first = Self.key(&input, keyLength)
        let root = trie.rootHash()
        let after = entries.filter { !$0.key.lexicographicallyPrecedes(first) }
        var range = Array(after.prefix(input.choice(34)))
        // An empty range is proven by what is left of it being the end.
        if range.isEmpty, !after.isEmpty { range = [after[0]] }
        let last = range.last?.key ?? first
        guard let proof = try? RangeProof.nodes(from: first, through: last, in: &trie) else {
            throw BrokenProperty("a range can't be proven")
        }
        let hasMore = try? Self.verify(root, first, range, proof)
        try require(hasMore == (range.count < after.count), "a true range is refused, or its end is taken for another")

        let lying = Self.lie(about: proof, &input)
        let claimed = Self.lie(about: range, &input)
        guard let more = try? Self.verify(root, first, claimed, lying) else { return }
        let reach = claimed.last?.key ?? Array(repeating: 0xff, count: keyLength)
        let held = after.prefix { !reach.lexicographicallyPrecedes($0.key) }
        let isTrue = claimed.elementsEqual(held) { $0.key == $1.key && $0.value == $1.value }
        try require(isTrue && more == (held.count < after.count), "a range with a lie in it is believed")
    }

    private static func verify(_ key: [UInt8], _ root: Hash32, _ nodes: [[UInt8]]) -> Result<[UInt8]?, TrieError> {
        Result { () throws(TrieError) in try Proof.verify(key, root: root, nodes: nodes) }
    }

    private static func verify(
        _ root: Hash32, _ first: [UInt8], _ range: [Entry], _ nodes: [[UInt8]]
    ) throws(TrieError) -> Bool {
        try RangeProof.verify(
            root: root, first: first, keys: range.map(\.key), values: range.map(\.value), nodes: nodes)
    }

    private static func lie(about proof: [[UInt8]], _ input: inout FuzzInput) -> [[UInt8]] {
        guard !proof.isEmpty else { return [input.bytes(3)] }
        var proof = proof
        let at = input.choice(proof.count)
        switch input.choice(5) {
        case 0: proof.remove(at: at)
        case 1: proof[at][input.choice(proof[at].count)] ^= 1 << UInt8(input.choice(8))
        case 2: proof[at].removeLast()
        case 3: proof.reverse()
        default: proof.append(input.bytes(33))
        }
        return proof
    }

    private static func lie(about range: [Entry], _ input: inout FuzzInput) -> [Entry] {
        guard !range.isEmpty else { return range }
        var range = range
        let at = input.choice(range.count)
        switch input.choice(6) {
        case 0: range.remove(at: at)
        case 1: range[at].value[0] ^= 0x80
        case 2: range[at].key[input.choice(range[at].key.count)] ^= 1 << UInt8(input.choice(8))
        case 3: range.removeLast(at)
        case 4: range.insert((Self.key(&input, range[at].key.count), [1]), at: at)
        default: break
        }
        return range
    }
}
