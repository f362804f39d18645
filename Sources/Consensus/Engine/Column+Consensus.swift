public import KeyValue

extension Column {
    /// What an engine keeps of its own: keys and values are its choice.
    public static let consensus = Column("consensus", isCompressible: true)
}
