import DevP2P

/// A capability that only has a topic, so that the fuzzed node has one. The first byte of a message is its verdict.
struct FuzzNotes: Capability {
    typealias Message = NoMessages
    typealias JobResult = TopicMessageID

    static let name = CapabilityName("notes", version: 1)
    static let topic = Topic("notes/all")

    mutating func started(_ node: inout CapabilityContext<Self>) { node.subscribe(to: Self.topic) }

    mutating func topicMessage(_ message: TopicMessage, _ node: inout CapabilityContext<Self>) -> TopicVerdict {
        switch message.bytes.first {
        case 1: return .accept
        case 2:
            node.run("check a note") { message.id }
            return .later
        case 3: return .reject
        default: return .ignore
        }
    }

    mutating func jobCompleted(_ result: TopicMessageID, _ node: inout CapabilityContext<Self>) {
        node.judge(result, .accept)
    }
}
