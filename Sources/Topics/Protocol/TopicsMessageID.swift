/// The ids of the messages of `topics/1`, relative to the capability's offset.
public enum TopicsMessageID: UInt8, CaseIterable, Sendable {
    case subscribe = 0
    case unsubscribe = 1
    case graft = 2
    case prune = 3
    case have = 4
    case want = 5
    case dontWant = 6
    case publish = 7
}
