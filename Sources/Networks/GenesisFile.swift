public import Chain
import Foundation
import Primitives

/// go-ethereum's genesis.json (core/genesis.go; trie.md, section 7): reading and writing.
///
/// Numbers may be JSON numbers, or strings in decimal or hexadecimal. The case of keys is ignored. Unknown keys are
/// ignored, with a note if they look like a fork.
public enum GenesisFile {
    /// Reads the file at a path.
    public static func load(_ path: String) throws(GenesisFileError) -> Genesis { try loadWithNotes(path).genesis }

    /// Reads the file at a path.
    ///
    /// - Returns: the genesis, and notes to the author of the file that are not errors, one sentence each.
    public static func loadWithNotes(_ path: String) throws(GenesisFileError) -> (genesis: Genesis, notes: [String]) {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(file: path) }
        return try parse([UInt8](data), file: path)
    }

    /// Parses the text of a genesis file.
    ///
    /// - Parameter file: the name of the file in errors.
    /// - Returns: as `loadWithNotes`.
    public static func parse(
        _ json: [UInt8], file: String
    ) throws(GenesisFileError) -> (genesis: Genesis, notes: [String]) {
        let source = GenesisSource(file: file, text: json)
        let node: JSONNode
        do throws(JSONFault) {
            node = try JSONDocument.read(json)
        } catch {
            throw source.error(error)
        }
        let document = GenesisField(source, document: node)
        var notes: [String] = []
        let configField = try document.member("config")
        let config = try parseConfig(configField, notes: &notes)
        var genesis = Genesis(
            config: config, gasLimit: try parseGasLimit(document),
            difficulty: try document.member("difficulty").uint256())
        try parseHeaderFields(document, into: &genesis)
        genesis.setAlloc(try parseAlloc(try document.member("alloc")))
        let gasUsed = try document.member("gasUsed")
        guard genesis.gasUsed <= genesis.header(stateRoot: .zero).gasLimit else {
            throw gasUsed.invalid("at most the gas limit")
        }
        try checkForkOrder(config, configField)
        try checkClique(genesis, document)
        return (genesis, notes)
    }

    /// Outside of this range no valid block can follow (go-ethereum's `MinGasLimit` and `MaxGasLimit`). As in
    /// go-ethereum, 0 stands for the default.
    private static func parseGasLimit(_ document: GenesisField) throws(GenesisFileError) -> UInt64 {
        let field = try document.member("gasLimit")
        if try field.uint256().isZero { return 0 }
        return try field.uint64(
            in: 5_000...UInt64(Int64.max), "a number from 5000 to 2^63 - 1; no block can follow others")
    }

    private static func parseHeaderFields(
        _ document: GenesisField, into genesis: inout Genesis
    ) throws(GenesisFileError) {
        func field<Value>(
            _ name: String, _ read: (GenesisField) throws(GenesisFileError) -> Value
        ) throws(GenesisFileError) -> Value? {
            try document.member(name).optional(read)
        }
        func number(_ field: GenesisField) throws(GenesisFileError) -> UInt64 { try field.uint64() }
        func hash(_ field: GenesisField) throws(GenesisFileError) -> Hash32 { try field.fixedBytes() }
        genesis.nonce = try field("nonce", number) ?? 0
        genesis.timestamp =
            try field("timestamp") { (field) throws(GenesisFileError) in
                try field.uint64(in: 0...UInt64(Int64.max), "a number of at most 63 bits: seconds since 1970")
            } ?? 0
        genesis.extraData = try field("extraData") { (field) throws(GenesisFileError) in try field.bytes() } ?? []
        genesis.mixHash = try field("mixHash", hash) ?? .zero
        genesis.coinbase =
            try field("coinbase") { (field) throws(GenesisFileError) in try field.fixedBytes(Address.self) } ?? .zero
        _ = try field("number") { (field) throws(GenesisFileError) in
            try field.uint64(in: 0...0, "0: a chain begins with block 0")
        }
        genesis.gasUsed = try field("gasUsed", number) ?? 0
        genesis.parentHash = try field("parentHash", hash) ?? .zero
        genesis.baseFeePerGas = try field("baseFeePerGas") { (field) throws(GenesisFileError) in try field.uint256() }
        genesis.excessBlobGas = try field("excessBlobGas", number)
        genesis.blobGasUsed = try field("blobGasUsed", number)
        genesis.slotNumber = try field("slotNumber", number)
    }

    private static func parseAlloc(_ alloc: GenesisField) throws(GenesisFileError) -> [GenesisAllocation] {
        var allocations: [GenesisAllocation] = []
        var fields: [Address: GenesisField] = [:]
        for (name, field) in try alloc.members() {
            guard let address = Address(hex: digits(name)) else {
                throw field.invalid("under an address of 40 hexadecimal digits")
            }
            // An address may be written with or without 0x, in lower or upper case.
            if let first = fields.updateValue(field, forKey: address) { throw field.duplicate(of: first) }
            allocations.append(GenesisAllocation(address: address, account: try parseAccount(field)))
        }
        return allocations
    }

    private static func parseAccount(_ field: GenesisField) throws(GenesisFileError) -> GenesisAccount {
        var account = GenesisAccount(balance: try field.member("balance").uint256())
        account.nonce =
            try field.member("nonce").optional { (nonce) throws(GenesisFileError) in try nonce.uint64() } ?? 0
        account.code = try field.member("code").optional { (code) throws(GenesisFileError) in try code.bytes() } ?? []
        let storage = try field.member("storage")
        guard storage.isPresent else { return account }
        var fields: [Hash32: GenesisField] = [:]
        for (name, value) in try storage.members() {
            guard let slot = paddedHash(name) else {
                throw value.invalid("under a slot of at most 64 hexadecimal digits")
            }
            if let first = fields.updateValue(value, forKey: slot) { throw value.duplicate(of: first) }
            guard let content = try value.string().flatMap(paddedHash) else {
                throw value.invalid("a string of at most 64 hexadecimal digits")
            }
            account.storage[slot] = content
        }
        return account
    }

    /// The text without a prefix `0x` or `0X`.
    private static func digits(_ text: String) -> Substring {
        text.lowercased().hasPrefix("0x") ? text.dropFirst(2) : text[...]
    }

    /// The hash with these at most 64 digits, padded with zeros on the left.
    private static func paddedHash(_ text: String) -> Hash32? {
        let digits = digits(text)
        guard digits.utf8.count <= 64 else { return nil }
        return Hash32(hex: String(repeating: "0", count: 64 - digits.utf8.count) + digits)
    }
}
