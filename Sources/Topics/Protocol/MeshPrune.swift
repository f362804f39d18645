public import RLP

/// What a prune says besides its topic: the last two fields of the message, `seconds, [contact, …]`.
public struct MeshPrune: Hashable, Sendable {
    /// The back-off: for how long the receiver shall not graft.
    public var seconds: UInt64
    /// Others that have the topic, which the receiver may try instead.
    public var contacts: [MeshContact]

    public init(seconds: UInt64, contacts: [MeshContact] = []) {
        self.seconds = seconds
        self.contacts = contacts
    }

    /// Appends the two fields to the list of a message.
    public func encodeFields(to list: inout RLPWriter) {
        list.write(seconds)
        list.write(list: contacts)
    }

    /// Reads the two fields from the list of a message.
    ///
    /// - Throws: `tooMany` for more than `TopicLimits.maxContacts` contacts.
    public init(fieldsFrom list: inout RLPReader) throws(RLPError) {
        seconds = try list.read()
        contacts = try list.readList(limit: TopicLimits.maxContacts)
    }
}
