import Primitives

/// A value of a genesis file together with its key and position, for error messages.
struct GenesisField {
    let source: GenesisSource
    /// The path of keys from the top, joined with dots; empty for the whole document.
    let key: String
    /// Nil if the key is absent; `offset` is then that of the object.
    let json: JSONNode?
    let offset: Int

    init(_ source: GenesisSource, document: JSONNode) {
        self.init(source: source, key: "", json: document, offset: document.offset)
    }

    private init(source: GenesisSource, key: String, json: JSONNode?, offset: Int) {
        self.source = source
        self.key = key
        self.json = json
        self.offset = offset
    }

    /// Whether the key has a value other than null.
    var isPresent: Bool {
        if case .null? = json?.value { false } else { json != nil }
    }

    var position: FilePosition { source.position(of: offset) }

    func invalid(_ expected: String) -> GenesisFileError { .invalid(at: position, key: name, expected: expected) }

    func duplicate(of first: GenesisField) -> GenesisFileError {
        .duplicate(at: position, key: name, firstLine: first.position.line)
    }

    private var name: String { key.isEmpty ? "the document" : key }

    private func present() throws(GenesisFileError) -> JSONNode.Value {
        guard isPresent, let json else { throw .missing(at: position, key: name) }
        return json.value
    }

    // MARK: Containers

    /// The value of a key of this object. The case of keys is ignored, as by Go's decoder: some files have `mixhash`.
    func member(_ name: String) throws(GenesisFileError) -> GenesisField {
        guard case .object(let members) = try present() else { throw invalid("an object") }
        let member = members.first { $0.key.lowercased() == name.lowercased() }
        return GenesisField(
            source: source, key: path(name), json: member?.value, offset: member?.value.offset ?? offset)
    }

    /// All members in the order of the file, with the keys as written; their positions are those of the keys.
    func members() throws(GenesisFileError) -> [(name: String, field: GenesisField)] {
        guard case .object(let members) = try present() else { throw invalid("an object") }
        return members.map { member in
            let field = GenesisField(source: source, key: path(member.key), json: member.value, offset: member.offset)
            return (member.key, field)
        }
    }

    private func path(_ name: String) -> String { key.isEmpty ? name : key + "." + name }

    // MARK: Numbers

    /// A JSON number, or a string with a number in decimal or, after `0x`, in hexadecimal.
    func uint256() throws(GenesisFileError) -> UInt256 {
        let text: String?
        switch try present() {
        case .string(let string): text = string
        case .number(let digits): text = digits
        case .object, .array, .bool, .null: text = nil
        }
        guard let number = text.flatMap({ UInt256($0) }) else {
            throw invalid("a whole number of at most 256 bits, in decimal or in hexadecimal after 0x")
        }
        return number
    }

    func uint64() throws(GenesisFileError) -> UInt64 {
        guard let number = try uint256().uint64 else { throw invalid("a number of at most 64 bits") }
        return number
    }

    func uint64(in range: ClosedRange<UInt64>, _ expected: String) throws(GenesisFileError) -> UInt64 {
        guard let number = try uint256().uint64, range.contains(number) else { throw invalid(expected) }
        return number
    }

    func bool() throws(GenesisFileError) -> Bool {
        guard case .bool(let flag) = try present() else { throw invalid("true or false") }
        return flag
    }

    // MARK: Bytes

    func string() throws(GenesisFileError) -> String? {
        if case .string(let text) = try present() { text } else { nil }
    }

    /// Hexadecimal digits with or without `0x`.
    func bytes() throws(GenesisFileError) -> [UInt8] {
        guard let bytes = try string().flatMap({ [UInt8](hex: $0) }) else {
            throw invalid("a string of hexadecimal digits, two for each byte")
        }
        return bytes
    }

    func fixedBytes<Value: FixedBytes>(_ type: Value.Type = Value.self) throws(GenesisFileError) -> Value {
        guard let value = Value(try bytes()) else {
            throw invalid("a string of \(2 * Value.byteCount) hexadecimal digits")
        }
        return value
    }

    // MARK: Values that may be absent

    func optional<Value>(
        _ read: (GenesisField) throws(GenesisFileError) -> Value
    ) throws(GenesisFileError) -> Value? {
        isPresent ? try read(self) : nil
    }
}
