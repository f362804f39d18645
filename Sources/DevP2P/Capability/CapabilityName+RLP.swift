public import RLP

extension CapabilityName: RLPEncodable, RLPDecodable {
    /// A list of name and version, as in Hello.
    public func encode(to writer: inout RLPWriter) {
        writer.list { pair in
            pair.write(name.utf8)
            pair.write(version)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var pair = try reader.readList()
        let name = String(decoding: try pair.readBytes(), as: UTF8.self)
        self.init(name, version: try pair.read())
        try pair.expectEnd()
    }
}
