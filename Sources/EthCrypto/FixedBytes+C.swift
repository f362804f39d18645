import Primitives

extension FixedBytes {
    /// The value whose `byteCount` bytes a C function writes.
    init(writtenBy write: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.init()
        withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { bytes in
                // A value has at least one byte, so its buffer has an address.
                if let address = bytes.baseAddress { write(address) }
            }
        }
    }

    /// Calls a C function with the address of the `byteCount` bytes.
    func withBytePointer<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
        withUnsafePointer(to: self) { value in
            value.withMemoryRebound(to: UInt8.self, capacity: Self.byteCount, body)
        }
    }
}
