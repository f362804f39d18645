import DequeModule

/// A first-in first-out queue that refuses more than `maxCount` elements or `maxBytes` bytes.
public struct BoundedQueue<Element: Sendable>: Sendable {
    public let maxCount: Int
    public let maxBytes: Int
    private var elements = Deque<(element: Element, bytes: Int)>()
    /// The bytes of all queued elements, as their callers gave them.
    public private(set) var bytes = 0

    public init(maxCount: Int, maxBytes: Int = .max) {
        self.maxCount = maxCount
        self.maxBytes = maxBytes
    }

    public var count: Int { elements.count }
    public var isEmpty: Bool { elements.isEmpty }

    /// Appends, unless a limit would be passed: then nothing changes and the result is false.
    public mutating func append(_ element: Element, bytes size: Int = 0) -> Bool {
        guard elements.count < maxCount, size <= maxBytes - bytes else { return false }
        elements.append((element, size))
        bytes += size
        return true
    }

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
