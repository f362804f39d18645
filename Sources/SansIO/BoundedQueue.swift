import DequeModule

/// A first-in first-out queue that refuses more than `maxCount` elements or `maxBytes` bytes.
public struct BoundedQueue<Element: Sendable>: Sendable {
    /// The maximum number of elements.
    public let maxCount: Int
    /// The maximum of `bytes`.
    public let maxBytes: Int
    private var elements = Deque<(element: Element, bytes: Int)>()
    /// The sum of the sizes that the callers of `append` gave for the queued elements.
    public private(set) var bytes = 0

    /// An empty queue.
    public init(maxCount: Int, maxBytes: Int = .max) {
        self.maxCount = maxCount
        self.maxBytes = maxBytes
    }

    public var count: Int { elements.count }
    public var isEmpty: Bool { elements.isEmpty }

    /// Appends an element that counts as `size` bytes. Returns false, and changes nothing, if a limit would be
    /// exceeded.
    public mutating func append(_ element: Element, bytes size: Int = 0) -> Bool {
        guard elements.count < maxCount, size <= maxBytes - bytes else { return false }
        elements.append((element, size))
        bytes += size
        return true
    }

    /// Removes and returns the first element; nil if the queue is empty.
    public mutating func popFirst() -> Element? {
        guard let (element, size) = elements.popFirst() else { return nil }
        bytes -= size
        return element
    }

    public mutating func removeAll() {
        elements.removeAll()
        bytes = 0
    }
}
