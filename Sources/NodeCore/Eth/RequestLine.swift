/// What waits, first come, first served. Taking the first costs the same however many there are.
struct RequestLine<Element: Sendable>: Sendable {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let first = elements[head]
        elements[head] = nil
        head += 1
        if head == elements.count || head >= 64 && head > elements.count / 2 {
            elements.removeFirst(head)
            head = 0
        }
        return first
    }
}
