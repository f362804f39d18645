import Primitives
import RLP

/// RLP: the validator against a decoder written for this purpose, reader against writer.
public func fuzzRLP(_ bytes: [UInt8]) throws(BrokenProperty) {
    for variant in RLPMender.variants(bytes) { try checkRLP(variant) }
    let mended = RLPMender.mend(bytes)
    try require(isValid(mended), "mended RLP is refused")
    try require(RLPMender.mend(mended) == mended, "canonical RLP is mended")
}

private func isValid(_ bytes: [UInt8]) -> Bool { (try? RLPValidator.validate(bytes[...])) != nil }

private func checkRLP(_ bytes: [UInt8]) throws(BrokenProperty) {
    let expected = PlainRLP.itemEnd(bytes, at: 0, depth: 0) == bytes.count
    try require(isValid(bytes) == expected, "the validator says \(isValid(bytes)), plain rules say \(expected)")
    if expected {
        var reader = RLPReader(bytes)
        var writer = RLPWriter()
        try copy(&reader, &writer)
        try require(writer.bytes == bytes, "written anew, RLP differs")
    }
    try checkValues(bytes)
}

private func copy(_ reader: inout RLPReader, _ writer: inout RLPWriter) throws(BrokenProperty) {
    if reader.nextIsList == true {
        guard var list = try? reader.readList() else { throw BrokenProperty("a valid list can't be read") }
        try writer.list { (inner) throws(BrokenProperty) in
            while !list.isAtEnd { try copy(&list, &inner) }
        }
    } else {
        guard let string = try? reader.readBytes() else { throw BrokenProperty("a valid string can't be read") }
        writer.write(string)
    }
}

/// What can be read as a value is the value's only form.
private func checkValues(_ bytes: [UInt8]) throws(BrokenProperty) {
    try checkValue(bytes, { try? $0.read(UInt8.self) }, { $1.write($0) })
    try checkValue(bytes, { try? $0.read(UInt16.self) }, { $1.write($0) })
    try checkValue(bytes, { try? $0.read(UInt64.self) }, { $1.write($0) })
    try checkValue(bytes, { try? $0.read(UInt256.self) }, { $1.write($0) })
    try checkValue(bytes, { try? $0.read(Bool.self) }, { $1.write($0) })
    try checkValue(bytes, { try? $0.read(Hash32.self) }, { $1.write($0) })
    try checkValue(bytes, { try? $0.readList(of: Hash32.self) }, { $1.write(list: $0) })
    _ = try? RLPReader(bytes).countItems()
}

private func checkValue<Value>(
    _ bytes: [UInt8], _ read: (inout RLPReader) -> Value?, _ write: (Value, inout RLPWriter) -> Void
) throws(BrokenProperty) {
    var reader = RLPReader(bytes)
    guard let value = read(&reader) else { return }
    var writer = RLPWriter()
    write(value, &writer)
    let item = bytes.prefix(bytes.count - reader.remaining.count)
    try require(
        writer.bytes[...] == item, "\(Value.self) is read from \(item.count) bytes and written as \(writer.bytes)")
}

/// The rules of RLP as the yellow paper has them, without regard to speed.
private enum PlainRLP {
    /// The end of the item at `start`; nil where there is no canonical item.
    static func itemEnd(_ bytes: [UInt8], at start: Int, depth: Int) -> Int? {
        guard start < bytes.count else { return nil }
        let first = Int(bytes[start])
        if first < 0x80 { return start + 1 }
        let isList = first >= 0xc0
        let base = isList ? 0xc0 : 0x80
        var content = start + 1
        var count = first - base
        if count > 55 {
            let digits = count - 55
            guard content + digits <= bytes.count, bytes[content] != 0, digits <= 6 else { return nil }
            count = bytes[content..<content + digits].reduce(0) { $0 << 8 | Int($1) }
            content += digits
            guard count > 55 else { return nil }
        }
        guard count <= bytes.count - content else { return nil }
        let end = content + count
        if !isList { return count == 1 && bytes[content] < 0x80 ? nil : end }
        guard depth < RLPValidator.defaultMaxDepth else { return nil }
        while content < end {
            guard let next = itemEnd(bytes, at: content, depth: depth + 1), next <= end else { return nil }
            content = next
        }
        return end
    }
}
