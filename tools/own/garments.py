"""Write the network of notebook 03 as an ONNX file; notebook 07 opens it as it would any other.

python -m tools.own.garments
"""

from dataclasses import replace

from convlab import networks

TARGET = networks.FILES / "garments.onnx"


def main():
    """Write it, for pictures of 28×28."""
    TARGET.write_bytes(networks.to_onnx(replace(networks.load("fashion"), shape=(1, 28, 28))))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
